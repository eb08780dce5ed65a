#include "cli/patience.h"

#include <gtest/gtest.h>

namespace hancock::cli {
namespace {

constexpr TimePoint kStart{1h};
const Error kAway{ErrorCode::kUnavailable, "no Master answers", {}};

TEST(Patience, is_none_before_a_master_has_answered) {
  Patience patience;
  EXPECT_FALSE(patience.bears(kAway, kStart));
}

TEST(Patience, lasts_a_minute_from_the_last_answer) {
  Patience patience;
  patience.heard(kStart);
  EXPECT_TRUE(patience.bears(kAway, kStart + 60s));
  EXPECT_FALSE(patience.bears(kAway, kStart + 61s));
  patience.heard(kStart + 61s);
  EXPECT_TRUE(patience.bears(kAway, kStart + 100s));
}

TEST(Patience, does_not_bear_what_was_refused) {
  Patience patience;
  patience.heard(kStart);
  for (const ErrorCode code :
       {ErrorCode::kDenied, ErrorCode::kInvalid, ErrorCode::kNotFound, ErrorCode::kGone, ErrorCode::kConflict,
        ErrorCode::kUnsupported, ErrorCode::kTooLarge}) {
    EXPECT_FALSE(patience.bears(Error{code, "", {}}, kStart)) << to_string(code);
  }
}

}  // namespace
}  // namespace hancock::cli
