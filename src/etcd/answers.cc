#include "etcd/answers.h"

#include <nlohmann/json.hpp>
#include <optional>

#include "base/encoding.h"
#include "base/number.h"

namespace hancock::etcd {
namespace {

using Json = nlohmann::json;
using store::KeyValue;
using store::Revision;
using store::WatchEvent;

constexpr size_t kShownMax = 200;

tl::unexpected<Error> senseless(std::string_view what, std::string_view text) {
  return fail(ErrorCode::kUnavailable, "etcd's answer makes no sense: {} in {}", what,
              text.substr(0, kShownMax));
}

std::optional<int64_t> to_integer(const Json& value) {
  if (value.is_number_integer()) return value.get<int64_t>();
  if (!value.is_string()) return std::nullopt;
  return parse_number<int64_t>(value.get_ref<const std::string&>());
}

// The members of one object. What is missing has its default; what is wrong is remembered.
class JsonMembers {
 public:
  JsonMembers(const Json& object, bool& bad) : object_(object), bad_(bad) { bad_ |= !object.is_object(); }

  const Json* find(const char* member) const {
    if (!object_.is_object()) return nullptr;
    const auto found = object_.find(member);
    return found == object_.end() || found->is_null() ? nullptr : &*found;
  }
  int64_t number(const char* member) const {
    const Json* value = find(member);
    if (value == nullptr) return 0;
    const auto number = to_integer(*value);
    bad_ |= !number;
    return number.value_or(0);
  }
  bool boolean(const char* member) const {
    const Json* value = find(member);
    bad_ |= value != nullptr && !value->is_boolean();
    return value != nullptr && value->is_boolean() && value->get<bool>();
  }
  std::string text(const char* member) const {
    const Json* value = find(member);
    bad_ |= value != nullptr && !value->is_string();
    return value != nullptr && value->is_string() ? value->get<std::string>() : std::string();
  }
  std::string bytes(const char* member) const {
    auto decoded = base64_decode(text(member));
    bad_ |= !decoded;
    return decoded ? std::move(*decoded) : std::string();
  }
  template <class F>
  void each(const char* member, F&& read) const {
    const Json* array = find(member);
    if (array == nullptr) return;
    bad_ |= !array->is_array();
    if (!array->is_array()) return;
    for (const Json& element : *array) read(JsonMembers(element, bad_));
  }
  JsonMembers object(const char* member) const {
    static const Json kNone = Json::object();
    const Json* value = find(member);
    return JsonMembers(value == nullptr ? kNone : *value, bad_);
  }

 private:
  const Json& object_;
  bool& bad_;
};

KeyValue read_key_value(const JsonMembers& members) {
  return {members.bytes("key"), members.bytes("value"), Revision(members.number("create_revision")),
          Revision(members.number("mod_revision")), members.number("version")};
}

WatchEvent read_event(const JsonMembers& members) {
  const Json* type = members.find("type");
  const bool deleted = type != nullptr && (*type == "DELETE" || *type == 1);
  WatchEvent event{deleted ? WatchEvent::Kind::kDelete : WatchEvent::Kind::kPut,
                   read_key_value(members.object("kv"))};
  if (deleted) event.item = {event.item.key, {}, {}, event.item.mod_revision, 0};
  return event;
}

Revision read_revision(const JsonMembers& answer) {
  return Revision(answer.object("header").number("revision"));
}

// Parses `text`, hands its object to `read`, and refuses when something in it was wrong.
template <class T, class F>
Result<T> decode(std::string_view text, F&& read) {
  const Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) return senseless("no JSON", text);
  bool bad = false;
  Result<T> result = read(JsonMembers(json, bad));
  if (bad) return senseless("a member of the wrong kind", text);
  return result;
}

bool says(std::string_view message, std::string_view words) {
  return message.find(words) != std::string_view::npos;
}

ErrorCode code_of(int64_t grpc_code, std::string_view message) {
  if (says(message, "has been compacted")) return ErrorCode::kGone;
  if (says(message, "too large") || says(message, "too many operations") || says(message, "larger than max"))
    return ErrorCode::kTooLarge;
  switch (grpc_code) {  // google.golang.org/grpc/codes
    case 3:             // InvalidArgument
      return ErrorCode::kInvalid;
    case 4:  // DeadlineExceeded
      return ErrorCode::kTimeout;
    case 5:  // NotFound
      return ErrorCode::kNotFound;
    case 7:   // PermissionDenied
    case 16:  // Unauthenticated
      return ErrorCode::kDenied;
    case 12:  // Unimplemented
      return ErrorCode::kUnsupported;
    default:
      return ErrorCode::kUnavailable;
  }
}

// {"error":"…","message":"…","code":5} of a call, {"error":{"grpc_code":14,"message":"…"}} in a stream.
Error read_error(const JsonMembers& answer) {
  const Json* error = answer.find("error");
  const JsonMembers members = error != nullptr && error->is_object() ? answer.object("error") : answer;
  std::string message = members.text("message");
  if (message.empty() && error != nullptr && error->is_string()) message = error->get<std::string>();
  return error_of(members.find("grpc_code") != nullptr ? members.number("grpc_code") : members.number("code"),
                  message);
}

}  // namespace

Error error_of(int64_t grpc_code, std::string_view message) {
  return Error{code_of(grpc_code, message), fmt::format("etcd: {}", message), {}};
}

Error decode_error(int http_status, std::string_view body) {
  const Json json = Json::parse(body, nullptr, false);
  bool bad = false;
  if (json.is_object() && (json.contains("code") || json.contains("error"))) {
    Error error = read_error(JsonMembers(json, bad));
    if (!bad) return error;
  }
  const ErrorCode code = http_status == 401 || http_status == 403 ? ErrorCode::kDenied
                         : http_status == 413                     ? ErrorCode::kTooLarge
                                                                  : ErrorCode::kUnavailable;
  return Error{code, fmt::format("etcd answers {}: {}", http_status, body.substr(0, kShownMax)), {}};
}

Result<RangeAnswer> decode_range(std::string_view body) {
  return decode<RangeAnswer>(body, [](const JsonMembers& answer) -> Result<RangeAnswer> {
    RangeAnswer range;
    range.revision = read_revision(answer);
    range.more = answer.boolean("more");
    answer.each("kvs", [&](const JsonMembers& item) { range.items.push_back(read_key_value(item)); });
    return range;
  });
}

Result<store::TransactionResult> decode_transaction(std::string_view body) {
  return decode<store::TransactionResult>(
      body, [](const JsonMembers& answer) -> Result<store::TransactionResult> {
        return store::TransactionResult{answer.boolean("succeeded"), read_revision(answer)};
      });
}

Result<store::LeaseId> decode_lease_grant(std::string_view body) {
  return decode<store::LeaseId>(body, [&](const JsonMembers& answer) -> Result<store::LeaseId> {
    const store::LeaseId lease(answer.number("ID"));
    if (lease == store::LeaseId()) return senseless("no lease", body);
    return lease;
  });
}

Result<void> decode_keep_alive(std::string_view body) {
  return decode<void>(body, [](const JsonMembers& answer) -> Result<void> {
    if (answer.find("error") != nullptr) return tl::unexpected(read_error(answer));
    if (answer.object("result").number("TTL") <= 0) return fail(ErrorCode::kNotFound, "the lease is over");
    return {};
  });
}

Result<std::string> decode_authenticate(std::string_view body) {
  return decode<std::string>(body, [&](const JsonMembers& answer) -> Result<std::string> {
    std::string token = answer.text("token");
    if (token.empty()) return senseless("no token", "it");
    return token;
  });
}

Result<WatchAnswer> decode_watch(std::string_view line) {
  return decode<WatchAnswer>(line, [](const JsonMembers& message) -> Result<WatchAnswer> {
    if (message.find("error") != nullptr) return tl::unexpected(read_error(message));
    const JsonMembers result = message.object("result");
    WatchAnswer answer;
    answer.watch_id = result.number("watch_id");
    answer.created = result.boolean("created");
    answer.canceled = result.boolean("canceled");
    answer.fragment = result.boolean("fragment");
    answer.compact_revision = Revision(result.number("compact_revision"));
    answer.revision = read_revision(result);
    answer.cancel_reason = result.text("cancel_reason");
    result.each("events", [&](const JsonMembers& event) { answer.events.push_back(read_event(event)); });
    return answer;
  });
}

}  // namespace hancock::etcd
