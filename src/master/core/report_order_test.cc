#include "master/core/report_order.h"

#include <gtest/gtest.h>

namespace hancock::master {
namespace {

model::NodeReport report(const std::string& agent, int64_t sequence, const std::string& node = "node-1") {
  model::NodeReport made;
  made.set_node(node);
  made.set_agent(agent);
  made.set_sequence(sequence);
  return made;
}

TEST(ReportOrderTest, OneThatWasHeldUpIsNotTakenAfterALaterOne) {
  ReportOrder order;
  EXPECT_TRUE(order.take(report("a", 1)));
  EXPECT_TRUE(order.take(report("a", 3)));
  EXPECT_FALSE(order.take(report("a", 2)));
  EXPECT_FALSE(order.take(report("a", 3))) << "nor twice";
  EXPECT_TRUE(order.take(report("a", 4)));
}

TEST(ReportOrderTest, AStartThatAnotherHasFollowedIsOver) {
  ReportOrder order;
  EXPECT_TRUE(order.take(report("a", 7)));
  EXPECT_TRUE(order.take(report("b", 1)));
  EXPECT_FALSE(order.take(report("a", 8)));
  EXPECT_TRUE(order.take(report("b", 2)));
}

TEST(ReportOrderTest, EachNodeHasItsOwn) {
  ReportOrder order;
  EXPECT_TRUE(order.take(report("a", 7)));
  EXPECT_TRUE(order.take(report("a", 1, "node-2")));
}

TEST(ReportOrderTest, WithoutASequenceThereIsNoOrder) {
  ReportOrder order;
  EXPECT_TRUE(order.take(report("a", 7)));
  EXPECT_TRUE(order.take(report("", 0)));
  EXPECT_FALSE(order.take(report("a", 7)));
}

}  // namespace
}  // namespace hancock::master
