#include "agent/task/endpoint_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hancock::agent {
namespace {

using registry::EndpointState;
using store::Compare;
using store::Revision;
using testing::Contains;
using testing::IsEmpty;

class EndpointPlanTest : public testing::Test {
 protected:
  static registry::Endpoint endpoint(const std::string& task) {
    registry::Endpoint endpoint;
    endpoint.task = task;
    endpoint.node = "node-1";
    endpoint.site = "site-1";
    endpoint.tenant = "acme";
    endpoint.app = "shop";
    endpoint.service = "web";
    endpoint.version = 1;
    endpoint.address = "198.18.1.32";
    endpoint.ports = {{"http", 20123}};
    endpoint.incarnation = 1;
    return endpoint;
  }
  void want(const std::string& task, EndpointWish wish) { wanted_[task] = {wish, endpoint(task)}; }
  void store(const std::string& task, EndpointState state) {
    registry::Endpoint record = endpoint(task);
    record.state = state;
    stored_[task] = {registry::encode(record), Revision(40)};
  }
  std::vector<store::Transaction> plan() {
    return plan_endpoints(keys_, "node-1", Revision(7), wanted_, stored_);
  }

  registry::Keys keys_;
  std::map<std::string, WantedEndpoint> wanted_;
  std::map<std::string, StoredEndpoint> stored_;
};

TEST_F(EndpointPlanTest, ARecordSaysWhoseTaskItIsAndWhereItIsReached) {
  model::Assignment assignment;
  assignment.set_task("t-1");
  assignment.set_tenant("acme");
  assignment.set_app("shop");
  assignment.set_service("web");
  assignment.set_version(1);
  const std::vector<PublishedPort> ports = {{"http", PortProtocol::kTcp, 8080, 20123}};
  EXPECT_EQ(endpoint_of(assignment, ports, {"node-1", "site-1", 1}, "198.18.1.32"), endpoint("t-1"));
}

TEST_F(EndpointPlanTest, AReadyTaskIsPutBehindTheNodesFence) {
  want("t-1", EndpointWish::kReady);
  const auto transactions = plan();
  ASSERT_EQ(transactions.size(), 1u);
  EXPECT_THAT(transactions[0].compares, Contains(Compare::unchanged("/hancock/nodes/node-1", Revision(7))));
  EXPECT_THAT(transactions[0].compares, Contains(Compare::absent("/hancock/endpoints/node-1/t-1")));
  ASSERT_EQ(transactions[0].operations.size(), 1u);
  EXPECT_EQ(transactions[0].operations[0].kind, store::Operation::Kind::kPut);
}

TEST_F(EndpointPlanTest, WhatStandsThereAsWantedIsLeftAlone) {
  want("t-1", EndpointWish::kReady);
  store("t-1", EndpointState::kReady);
  EXPECT_THAT(plan(), IsEmpty());
  EXPECT_TRUE(is_registered(wanted_["t-1"], &stored_["t-1"]));
}

TEST_F(EndpointPlanTest, DrainingIsNeverOverwrittenByReady) {
  want("t-1", EndpointWish::kReady);
  store("t-1", EndpointState::kDraining);
  EXPECT_THAT(plan(), IsEmpty());
  want("t-1", EndpointWish::kKeep);
  EXPECT_THAT(plan(), IsEmpty());
}

TEST_F(EndpointPlanTest, AnotherPortIsPutOverTheOldRecordIfThatDidNotChange) {
  want("t-1", EndpointWish::kReady);
  store("t-1", EndpointState::kReady);
  wanted_["t-1"].endpoint.ports["http"] = 20999;
  EXPECT_FALSE(is_registered(wanted_["t-1"], &stored_["t-1"]));
  const auto transactions = plan();
  ASSERT_EQ(transactions.size(), 1u);
  EXPECT_THAT(transactions[0].compares,
              Contains(Compare::unchanged("/hancock/endpoints/node-1/t-1", Revision(40))));
}

TEST_F(EndpointPlanTest, WhatIsNotWantedIsRemoved) {
  want("t-1", EndpointWish::kAbsent);
  store("t-1", EndpointState::kReady);
  store("t-2", EndpointState::kReady);
  const auto transactions = plan();
  ASSERT_EQ(transactions.size(), 1u);
  EXPECT_THAT(transactions[0].operations,
              testing::ElementsAre(store::Operation::remove("/hancock/endpoints/node-1/t-1"),
                                   store::Operation::remove("/hancock/endpoints/node-1/t-2")));
}

TEST_F(EndpointPlanTest, ManyAreSplitIntoTransactionsThatTheStoreTakes) {
  for (int i = 0; i < 200; ++i) want("t-" + std::to_string(i), EndpointWish::kReady);
  size_t operations = 0;
  for (const auto& transaction : plan()) {
    EXPECT_LE(transaction.compares.size(), store::Transaction::kOperationsMax);
    operations += transaction.operations.size();
  }
  EXPECT_EQ(operations, 200u);
}

}  // namespace
}  // namespace hancock::agent
