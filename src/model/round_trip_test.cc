// What was written reads back the same, for values that nobody thought of.
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "hancock/model.pb.h"
#include "hancock/wire.pb.h"
#include "model/json.h"
#include "model/time.h"
#include "model/units.h"

namespace hancock::model {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::util::MessageDifferencer;

RC_GTEST_PROP(RoundTrip, duration, ()) {
  const auto count = *rc::gen::inRange<int64_t>(0, std::numeric_limits<int64_t>::max());
  const auto unit = *rc::gen::element<int64_t>(1, 1'000'000, 1'000'000'000, 3'600'000'000'000);
  const Duration duration(count / unit * unit);
  RC_ASSERT(parse_duration(format_duration(duration)) == duration);
}

RC_GTEST_PROP(RoundTrip, size, ()) {
  const auto bytes = *rc::gen::inRange<uint64_t>(0, 1ULL << 62) & ~((1ULL << *rc::gen::inRange(0, 50)) - 1);
  RC_ASSERT(parse_size(format_size(bytes)) == bytes);
}

RC_GTEST_PROP(RoundTrip, cpu, ()) {
  const auto millis = *rc::gen::inRange<uint64_t>(0, 1'000'000'000);
  RC_ASSERT(parse_cpu(format_cpu(millis)) == millis);
}

RC_GTEST_PROP(Units, parsers_survive_any_text, (const std::string& text)) {
  (void)parse_duration(text);
  (void)parse_size(text);
  (void)parse_cpu(text);
  (void)parse_rate(text);
}

std::string any_text() {
  return *rc::gen::container<std::string>(
      rc::gen::oneOf(rc::gen::inRange<char>(0x01, 0x7F), rc::gen::element('"', '\\', '\n', '/')));
}

void fill(Message& message);

void fill_one(Message& message, const FieldDescriptor& field) {
  const auto& r = *message.GetReflection();
  const bool many = field.is_repeated();
  const auto put = [&](auto set, auto add, auto value) {
    many ? (r.*add)(&message, &field, value) : (r.*set)(&message, &field, value);
  };
  using R = google::protobuf::Reflection;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return put(&R::SetInt32, &R::AddInt32, *rc::gen::arbitrary<int32_t>());
    case FieldDescriptor::CPPTYPE_INT64:
      return put(&R::SetInt64, &R::AddInt64, *rc::gen::arbitrary<int64_t>());
    case FieldDescriptor::CPPTYPE_UINT32:
      return put(&R::SetUInt32, &R::AddUInt32, *rc::gen::arbitrary<uint32_t>());
    case FieldDescriptor::CPPTYPE_UINT64:
      return put(&R::SetUInt64, &R::AddUInt64, *rc::gen::arbitrary<uint64_t>());
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return put(&R::SetDouble, &R::AddDouble, *rc::gen::arbitrary<double>());
    case FieldDescriptor::CPPTYPE_FLOAT:
      return put(&R::SetFloat, &R::AddFloat, *rc::gen::arbitrary<float>());
    case FieldDescriptor::CPPTYPE_BOOL:
      return put(&R::SetBool, &R::AddBool, *rc::gen::arbitrary<bool>());
    case FieldDescriptor::CPPTYPE_ENUM:
      return put(&R::SetEnumValue, &R::AddEnumValue,
                 field.enum_type()->value(*rc::gen::inRange(0, field.enum_type()->value_count()))->number());
    case FieldDescriptor::CPPTYPE_STRING:
      return put(&R::SetString, &R::AddString, any_text());
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return fill(many ? *r.AddMessage(&message, &field) : *r.MutableMessage(&message, &field));
  }
}

/// Anything that the schema allows, by reflection.
void fill(Message& message) {
  const auto& type = *message.GetDescriptor();
  if (type.full_name() == "google.protobuf.Duration") {
    const auto value = to_proto(Duration(*rc::gen::arbitrary<int32_t>() * int64_t{1'000'003}));
    return message.CopyFrom(value);
  }
  if (type.full_name() == "google.protobuf.Timestamp") {
    const auto ms = std::chrono::milliseconds(*rc::gen::inRange<int64_t>(0, 4'000'000'000'000));
    return message.CopyFrom(to_proto(WallTime(ms)));
  }
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    int count = *rc::gen::inRange(0, field.is_repeated() ? 3 : 2);
    if (field.is_map()) count = std::min(count, 1);  // two could have one key
    for (; count > 0; --count) fill_one(message, field);
  }
}

template <class T>
void check_round_trip() {
  T message;
  fill(message);
  const std::string json = to_json(message);
  T read;
  const auto result = from_json(json, read);
  if (!result) RC_FAIL(result.error().message + " in " + json);
  RC_ASSERT(MessageDifferencer::Equals(message, read));
  RC_ASSERT(to_json(read) == json);
}

RC_GTEST_PROP(RoundTrip, json_of_an_assignment_line, ()) { check_round_trip<AssignmentLine>(); }
RC_GTEST_PROP(RoundTrip, json_of_a_node_report, ()) { check_round_trip<NodeReport>(); }
RC_GTEST_PROP(RoundTrip, json_of_a_task, ()) { check_round_trip<Task>(); }
RC_GTEST_PROP(RoundTrip, json_of_an_event, ()) { check_round_trip<Event>(); }
RC_GTEST_PROP(RoundTrip, json_of_an_app_spec, ()) { check_round_trip<AppSpec>(); }

}  // namespace
}  // namespace hancock::model
