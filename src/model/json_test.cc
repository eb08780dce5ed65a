#include "model/json.h"

#include <gtest/gtest.h>

#include <limits>

#include "hancock/model.pb.h"
#include "hancock/wire.pb.h"

namespace hancock::model {
namespace {

TEST(ToJson, writes_every_plain_field_and_leaves_out_what_is_not_set) {
  TaskReport report;
  report.set_task("t-1");
  report.set_state(TASK_STATE_READY);
  report.mutable_ready_at()->set_seconds(1769847330);
  auto& port = *report.add_ports();
  port.set_name("http");
  port.set_port(8080);
  port.set_host_port(20001);
  EXPECT_EQ(
      to_json(report),
      R"({"task":"t-1","state":"ready","message":"","digest":"",)"
      R"("ports":[{"name":"http","port":8080,"host_port":20001}],"restarts":0,)"
      R"("ready_at":"2026-01-31T08:15:30.000Z","hopeless":false,"container":"","pre_stop_failure":""})");
}

TEST(ToJson, writes_enums_without_prefix_64_bit_numbers_as_numbers_and_maps_in_order) {
  Deployment deployment;
  deployment.set_state(DEPLOYMENT_STATE_ROLLED_BACK);
  deployment.set_phase(DEPLOYMENT_PHASE_SWITCH);
  EXPECT_NE(to_json(deployment).find(R"("state":"rolled_back","phase":"switch")"), std::string::npos);

  UpdateSpec update;
  EXPECT_NE(to_json(update).find(R"("strategy":"blue-green")"), std::string::npos);

  Event event;
  event.set_number(std::numeric_limits<int64_t>::min());
  (*event.mutable_figures())["b"] = 0.1;
  (*event.mutable_figures())["a"] = 3;
  (*event.mutable_figures())["nan"] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_NE(to_json(event).find(R"("number":-9223372036854775808)"), std::string::npos);
  EXPECT_NE(to_json(event).find(R"("figures":{"a":3,"b":0.1,"nan":null})"), std::string::npos);
}

TEST(ToJson, writes_the_oneof_that_is_set_and_durations_with_a_unit) {
  ProbeSpec probe;
  probe.mutable_tcp()->set_port("http");
  probe.mutable_interval()->set_nanos(500'000'000);
  EXPECT_EQ(to_json(probe), R"({"tcp":{"port":"http"},"interval":"500ms","rise":0,"fall":0})");
}

TEST(ToJson, escapes_controls_and_replaces_what_is_not_utf8) {
  Task task;
  task.set_message("\"\\\n\x01 caf\xC3\xA9 \xF0\x9F\x98\x80 \xFF\xC0\x80\xED\xA0\x80\xE2\x82");
  const std::string json = to_json(task);
  EXPECT_NE(json.find(R"("message":"\"\\\n\u0001 café 😀 )"), std::string::npos) << json;
  Task read;
  ASSERT_TRUE(from_json(json, read));
  EXPECT_TRUE(read.message().ends_with("\xEF\xBF\xBD\xEF\xBF\xBD"));
}

TEST(ToJson, keeps_the_number_of_an_enum_value_from_a_newer_schema) {
  Task task;
  task.set_state(static_cast<TaskState>(77));
  const std::string json = to_json(task);
  EXPECT_NE(json.find(R"("state":77)"), std::string::npos);
  Task read;
  ASSERT_TRUE(from_json(json, read));
  EXPECT_EQ(static_cast<int>(read.state()), 77);
}

TEST(FromJson, reads_64_bit_numbers_from_numbers_and_strings_and_ignores_the_unknown) {
  AssignmentLine line;
  const auto result = from_json(
      R"({"epoch":"9007199254740993","term":-3,"later":{"x":[1]},"set":null,"removed":["a","b"]})", line);
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(line.epoch(), 9007199254740993);
  EXPECT_EQ(line.term(), -3);
  EXPECT_EQ(line.set_size(), 0);
  EXPECT_EQ(line.removed_size(), 2);
}

TEST(FromJson, clears_what_was_there) {
  Claim claim;
  claim.set_app("old");
  ASSERT_TRUE(from_json("{}", claim));
  EXPECT_EQ(claim.app(), "");
}

struct Refused {
  const char* text;
  const char* field;
  const char* message;
};

TEST(FromJson, names_the_field_and_what_it_must_be) {
  const Refused cases[] = {
      {"", "", "not JSON"},
      {"{", "", "not JSON"},
      {"{} {}", "", "not JSON"},
      {"[]", "the text", "the text: must be an object"},
      {R"({"node":1})", "node", "node: must be a string"},
      {R"({"tasks":{}})", "tasks", "tasks: must be a list"},
      {R"({"labels":[]})", "labels", "labels: must be an object"},
      {R"({"labels":{"k":1}})", "labels.k", "labels.k: must be a string"},
      {R"({"full":"true"})", "full", "full: must be true or false"},
      {R"({"term":1.5})", "term",
       "term: must be a whole number from -9223372036854775808 to 9223372036854775807"},
      {R"({"term":9223372036854775808})", "term",
       "term: must be a whole number from -9223372036854775808 to 9223372036854775807"},
      {R"({"tasks":[{"restarts":4294967296}]})", "tasks[0].restarts",
       "tasks[0].restarts: must be a whole number from 0 to 4294967295"},
      {R"({"tasks":[{},{"exit":{"code":"x"}}]})", "tasks[1].exit.code",
       "tasks[1].exit.code: must be a whole number from -2147483648 to 2147483647"},
      {R"({"tasks":[{"state":"sleeping"}]})", "tasks[0].state",
       "tasks[0].state: must be one of assigned, pulling, starting, running, ready, draining, stopping, "
       "stopped, "
       "failed, lost"},
      {R"({"tasks":[{"ready_at":"yesterday"}]})", "tasks[0].ready_at",
       "tasks[0].ready_at: must be a time like 2026-01-31T08:15:30.250Z"},
      {R"({"node":"a","node":"b"})", "node", "node: must be there once"},
  };
  for (const Refused& c : cases) {
    NodeReport report;
    const auto result = from_json(c.text, report);
    ASSERT_FALSE(result) << c.text;
    EXPECT_EQ(result.error().code, ErrorCode::kInvalid);
    EXPECT_EQ(result.error().field, c.field) << c.text;
    EXPECT_EQ(result.error().message, c.message) << c.text;
  }
}

TEST(FromJson, bounds_depth_even_in_what_it_ignores) {
  Claim claim;
  const std::string deep = R"({"later":)" + std::string(100'000, '[') + std::string(100'000, ']') + "}";
  const auto result = from_json(deep, claim);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().message, "more than 32 levels deep");
}

}  // namespace
}  // namespace hancock::model
