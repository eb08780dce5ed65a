#include "master/core/evidence.h"

#include <gtest/gtest.h>

namespace hancock::master {
namespace {

using registry::Answers;

const EvidenceBounds kBounds = evidence_bounds(model::UpdateSpec());

/// `slow` of them took `slowly`, the others 10 ms.
Answers answers(uint64_t requests, uint64_t failed, uint64_t slow = 0, Duration slowly = 1s) {
  Answers result{.requests = requests, .failed = failed, .heads = {}};
  if (requests > slow) result.heads[registry::latency_step(10ms)] = requests - slow;
  if (slow > 0) result.heads[registry::latency_step(slowly)] = slow;
  return result;
}

std::optional<std::string> objection(const Answers& old, const Answers& fresh,
                                     EvidenceBounds bounds = kBounds) {
  return objection_to(2, 1, {{1, old}, {2, fresh}}, bounds);
}

TEST(Evidence, SilentSpecsHaveTheDefaults) {
  EXPECT_EQ(kBounds.max_5xx_percent, 1);
  EXPECT_EQ(kBounds.max_p99_ratio, 1.5);
  EXPECT_EQ(kBounds.min_requests, 100U);
  model::UpdateSpec update;
  update.mutable_evidence()->set_max_5xx_percent(0);
  EXPECT_EQ(evidence_bounds(update).max_5xx_percent, 0) << "is no silence";
  EXPECT_EQ(evidence_bounds(update).min_requests, 100U);
}

TEST(Evidence, TooManyFailuresAreNamedWithBothShares) {
  EXPECT_EQ(objection(answers(1'000, 1), answers(412, 42)),
            "5xx 10.2 % of 412 requests, the old Version 0.1 %");
  EXPECT_EQ(objection(answers(1'000, 0), answers(412, 0)), std::nullopt);
}

TEST(Evidence, FailuresThatTheOldOneHasTooAreNotHeldAgainstIt) {
  EXPECT_EQ(objection(answers(10'000, 1'000), answers(1'000, 100)), std::nullopt);
  EXPECT_TRUE(objection(answers(10'000, 1'000), answers(1'000, 200)));
}

TEST(Evidence, NothingIsConcludedFromFewRequests) {
  EXPECT_EQ(objection(answers(1'000, 0), answers(99, 99)), std::nullopt);
  EXPECT_TRUE(objection(answers(1'000, 0), answers(100, 50)));
  EvidenceBounds bounds = kBounds;
  bounds.min_requests = 10;
  EXPECT_TRUE(objection(answers(0, 0), answers(10, 9), bounds)) << "also when nobody came to the old one";
}

TEST(Evidence, ChanceCondemnsNobody) {
  EXPECT_EQ(objection(answers(1'000, 0), answers(100, 4)), std::nullopt);
  EXPECT_TRUE(objection(answers(1'000, 0), answers(100, 5)));
  EXPECT_EQ(objection(answers(1'000, 0), answers(10'000, 130)), std::nullopt);
  EXPECT_TRUE(objection(answers(1'000, 0), answers(10'000, 131)));
}

TEST(Evidence, BoundsMayBeNarrowAndWide) {
  EvidenceBounds bounds = kBounds;
  bounds.max_5xx_percent = 0;
  EXPECT_TRUE(objection(answers(1'000, 0), answers(1'000, 1), bounds));
  bounds.max_5xx_percent = 100;
  EXPECT_EQ(objection(answers(1'000, 0), answers(1'000, 1'000), bounds), std::nullopt);
  bounds.max_p99_ratio = 1'000;
  EXPECT_EQ(objection(answers(1'000, 0), answers(1'000, 0, 500, 5s), bounds), std::nullopt);
}

TEST(Evidence, ASlowerP99IsNamedWithBoth) {
  const auto text = objection(answers(1'000, 0), answers(500, 0, 50, 100ms));
  ASSERT_TRUE(text);
  EXPECT_EQ(*text, "p99 94 ms of 500 requests, the old Version 11 ms")
      << "by the steps that they are counted in";
}

TEST(Evidence, SomewhatSlowerAndRarelySlowerIsWithinBounds) {
  EXPECT_EQ(objection(answers(1'000, 0), answers(1'000, 0, 1'000, 14ms)), std::nullopt);
  EXPECT_EQ(objection(answers(1'000, 0), answers(1'000, 0, 19, 1s)), std::nullopt)
      << "1.9 %, where 1 % is p99";
  EXPECT_TRUE(objection(answers(1'000, 0), answers(1'000, 0, 20, 1s)));
  EXPECT_EQ(objection(answers(1'000, 0, 20, 1s), answers(1'000, 0, 40, 1s)), std::nullopt)
      << "as the old one";
}

TEST(Evidence, MillisecondsAreNoDifference) {
  Answers old{.requests = 1'000, .failed = 0, .heads = {{registry::latency_step(500us), 1'000}}};
  Answers fresh{.requests = 1'000, .failed = 0, .heads = {{registry::latency_step(4ms), 1'000}}};
  EXPECT_EQ(objection(old, fresh), std::nullopt);
  fresh.heads = {{registry::latency_step(8ms), 1'000}};
  EXPECT_TRUE(objection(old, fresh));
}

TEST(Evidence, LatencyIsNotJudgedWithoutAnOldOneThatIsKnown) {
  EXPECT_EQ(objection(answers(99, 0), answers(1'000, 0, 1'000, 5s)), std::nullopt);
  EXPECT_EQ(objection_to(2, 1, {}, kBounds), std::nullopt);
}

TEST(Evidence, AThirdVersionThatIsLeavingExcusesNothing) {
  const registry::AnswersByVersion all{
      {1, answers(1'000, 0)}, {2, answers(1'000, 500)}, {3, answers(1'000, 100)}};
  EXPECT_EQ(objection_to(3, 1, all, kBounds), "5xx 10.0 % of 1000 requests, the old Version 0.0 %");
}

TEST(Evidence, AnyRatioJudgesNoLatency) {
  EvidenceBounds bounds = kBounds;
  bounds.max_p99_ratio = kAnyRatio;
  Answers old{.requests = 1'000, .failed = 0, .heads = {{0, 1'000}}};
  EXPECT_EQ(objection(old, answers(1'000, 0, 1'000, 30s), bounds), std::nullopt);
}

}  // namespace
}  // namespace hancock::master
