#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include "base/file.h"
#include "test_node.h"

namespace hancock::agent::test {
namespace {

class CriTest : public testing::Test {
 protected:
  cri::SandboxSpec sandbox_spec(const std::string& name) const {
    return {.name = name,
            .uid = name,
            .owner = "default",
            .log_folder = (node_.dir() / "logs" / name).string(),
            .cgroup_parent = node_.cgroup() + "/" + name,
            .labels = {{"hancock.task", name}}};
  }

  TestNode node_;
};

TEST_F(CriTest, RunsAContainerAndHearsHowItEnds) {
  const auto spec = sandbox_spec("t-1");
  const auto sandbox = node_.runtime().run_sandbox(spec);
  ASSERT_TRUE(sandbox) << sandbox.error().message;
  const auto status = node_.runtime().sandbox(*sandbox);
  ASSERT_TRUE(status) << status.error().message;
  EXPECT_THAT(status->address, testing::StartsWith("100.64."));

  const cri::ContainerSpec container{.name = "main",
                                     .image = kTaskImage,
                                     .args = {"exit", "7"},
                                     .memory_bytes = 32 << 20,
                                     .log_path = "0.log"};
  const auto id = node_.runtime().create_container(*sandbox, container, spec);
  ASSERT_TRUE(id) << id.error().message;
  const auto started = node_.runtime().start_container(*id);
  ASSERT_TRUE(started) << started.error().message;
  EXPECT_TRUE(eventually([&] {
    auto now = node_.runtime().container(*id);
    return now && now->state == cri::ContainerState::kExited && now->exit_code == 7;
  }));
  EXPECT_THAT(read_file(node_.dir() / "logs/t-1/0.log").value_or(""), testing::HasSubstr("about to exit"));
}

TEST_F(CriTest, AFilterByLabelFindsOnlyWhatBearsIt) {
  ASSERT_TRUE(node_.runtime().run_sandbox(sandbox_spec("t-1")));
  ASSERT_TRUE(node_.runtime().run_sandbox(sandbox_spec("t-2")));
  const auto found = node_.runtime().sandboxes({{"hancock.task", "t-2"}});
  ASSERT_TRUE(found) << found.error().message;
  ASSERT_EQ(found->size(), 1u);
  EXPECT_EQ((*found)[0].labels.at("hancock.task"), "t-2");
  EXPECT_EQ(node_.runtime().sandboxes({})->size(), 2u);
}

TEST_F(CriTest, AContainerdThatIsDownIsUnavailable) {
  node_.stop_containerd();
  const auto status = node_.runtime().status();
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(status.error().message, testing::HasSubstr(node_.socket() + " does not answer"));

  node_.start_containerd();
  EXPECT_TRUE(node_.runtime().status()->ready());
}

TEST_F(CriTest, TellsWhyAPullFailed) {
  const auto present = node_.push("there:1");
  const auto image = node_.runtime().pull_image(present, 20s);
  ASSERT_TRUE(image) << image.error().message;
  const auto found = node_.runtime().image(*image);
  ASSERT_TRUE(found && *found);
  EXPECT_THAT((*found)->digests, testing::Contains(testing::StartsWith("127.0.0.1:5055/there@sha256:")));

  const auto missing = node_.runtime().pull_image("127.0.0.1:5055/nowhere:1", 20s);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound) << missing.error().message;
  const auto invalid = node_.runtime().pull_image("UPPER//case", 20s);
  ASSERT_FALSE(invalid);
  EXPECT_THAT(invalid.error().message, testing::HasSubstr("invalid reference format"));
  node_.stop_registry();
  const auto down = node_.runtime().pull_image("127.0.0.1:5055/there:2", 20s);
  ASSERT_FALSE(down);
  EXPECT_THAT(down.error().message, testing::HasSubstr("connection refused"));
}

}  // namespace
}  // namespace hancock::agent::test
