// A Task's life on a real Node: from its assignment to traffic, and gone again.
#include <gmock/gmock.h>

#include "agent_fixture.h"
#include "registry/records.h"

namespace hancock::agent::test {
namespace {

using testing::HasSubstr;

class LifeTest : public AgentFixture {};

TEST_F(LifeTest, AnAssignedTaskServesOnAHostPortAndIsRegistered) {
  auto task = assignment("t-1", {"serve", "8080"});
  (*task.mutable_spec()->mutable_env())["GREETING"] = "hello";
  run(task);
  const uint16_t port = host_port("t-1");
  EXPECT_GE(port, 20000);
  EXPECT_EQ(visit(port), "t-1 hello\n") << "from the Node itself";
  EXPECT_EQ(visit(port, far_namespace()), "t-1 hello\n") << "from another machine";
  const auto record = registry::decode<registry::Endpoint>(master().endpoint("t-1").value_or("{}"));
  ASSERT_TRUE(record) << record.error().message;
  EXPECT_EQ(record->address, kNodeAddress);
  EXPECT_EQ(record->ports.at("http"), port);
  EXPECT_EQ(record->incarnation, 1);
  EXPECT_EQ(record->state, registry::EndpointState::kReady);
  release("t-1");
  EXPECT_FALSE(master().endpoint("t-1"));
  EXPECT_EQ(visit(port), "");
}

}  // namespace
}  // namespace hancock::agent::test
