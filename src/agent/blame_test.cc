#include "agent/blame.h"

#include <gtest/gtest.h>

namespace hancock::agent {
namespace {

// The texts are containerd 1.6's and runc's.
const Error kMissing{
    ErrorCode::kNotFound,
    "failed to pull and unpack image \"127.0.0.1:5055/nowhere:1\": failed to resolve reference "
    "\"127.0.0.1:5055/nowhere:1\": 127.0.0.1:5055/nowhere:1: not found",
    {}};
const Error kRefused{
    ErrorCode::kInternal,
    "failed to pull and unpack image \"127.0.0.1:5055/there:2\": failed to resolve reference "
    "\"127.0.0.1:5055/there:2\": failed to do request: Head "
    "\"http://127.0.0.1:5055/v2/there/manifests/2\": dial tcp 127.0.0.1:5055: connect: connection "
    "refused",
    {}};

TEST(Blame, AnImageThatIsNotThereIsHopeless) {
  EXPECT_EQ(blame_of_pull(kMissing), Blame::kHopeless);
  EXPECT_EQ(explain_pull("127.0.0.1:5055/nowhere:1", kMissing),
            "image 127.0.0.1:5055/nowhere:1 cannot be pulled: not found");
}

TEST(Blame, ARegistryThatIsDownIsNot) {
  EXPECT_EQ(blame_of_pull(kRefused), Blame::kOthers);
  EXPECT_EQ(
      explain_pull("127.0.0.1:5055/there:2", kRefused),
      "image 127.0.0.1:5055/there:2 cannot be pulled: failed to do request: Head "
      "\"http://127.0.0.1:5055/v2/there/manifests/2\": dial tcp 127.0.0.1:5055: connect: connection refused");
}

TEST(Blame, ANameThatIsNoneIsHopeless) {
  const Error error{
      ErrorCode::kInternal,
      "failed to parse image reference \"A//b\": invalid reference format: repository name must be "
      "lowercase",
      {}};
  EXPECT_EQ(blame_of_pull(error), Blame::kHopeless);
  EXPECT_EQ(explain_pull("A//b", error),
            "image A//b cannot be pulled: invalid reference format: repository name must be lowercase");
}

TEST(Blame, ACommandThatIsNotInTheImageIsHopeless) {
  const Error error{
      ErrorCode::kInternal,
      "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc "
      "create failed: unable to start container process: exec: \"nope\": executable file not found in "
      "$PATH: unknown",
      {}};
  EXPECT_EQ(blame_of_start(error), Blame::kHopeless);
  EXPECT_EQ(explain_start(error),
            "its container cannot be started: exec: \"nope\": executable file not found in $PATH");
}

TEST(Blame, AContainerdThatIsDownIsNobodysFault) {
  const Error error{ErrorCode::kUnavailable, "containerd at /x does not answer: no such file", {}};
  EXPECT_EQ(blame_of_pull(error), Blame::kOthers);
  EXPECT_EQ(blame_of_start(error), Blame::kOthers);
  EXPECT_EQ(explain_start(error), error.message);
}

TEST(Blame, ANodeThatIsFullOrARuntimeThatIsEndedIsNotTheTasksFault) {
  for (const char* words :
       {"failed to create containerd task: failed to create shim task: OCI runtime create failed: runc "
        "create "
        "failed: unable to start container process: error during container init: no space left on device: "
        "unknown",
        "failed to create containerd container: mkdir /x: no space left on device",
        "failed to create containerd task: failed to start shim: context canceled: unknown",
        "ttrpc: closed: unknown", "failed to reserve sandbox name \"t-1_acme_t-1_0\": name is reserved"}) {
    EXPECT_EQ(blame_of_start({ErrorCode::kInternal, words, {}}), Blame::kOthers) << words;
  }
  const Error limit{
      ErrorCode::kInternal,
      "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc "
      "create failed: unable to start container process: container init was OOM-killed: unknown",
      {}};
  EXPECT_EQ(blame_of_start(limit), Blame::kTask);
  EXPECT_EQ(explain_prepare({ErrorCode::kInternal, "no IP addresses available", {}}),
            "its sandbox cannot be made: no IP addresses available");
}

}  // namespace
}  // namespace hancock::agent
