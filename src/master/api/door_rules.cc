#include "master/api/door_rules.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <span>

#include "base/encoding.h"
#include "store/store.h"

namespace hancock::master::api {
namespace {

using Json = nlohmann::json;

constexpr size_t kOperationsMax = 128;

enum class Use { kRead, kWrite };

// The gateway takes both spellings of a member's name; we pass on etcd's own.
struct Member {
  std::string_view name;
  std::string_view camel;
};

class Rules {
 public:
  Rules(const State& state, std::string_view node)
      : state_(state),
        endpoints_(state.keys().endpoints_of(node)),
        node_key_(state.keys().node(node)),
        node_(node) {}

  Result<Json> range(const Json& request) const {
    auto result = take(request, {{"key", ""},
                                 {"range_end", "rangeEnd"},
                                 {"limit", ""},
                                 {"revision", ""},
                                 {"serializable", ""},
                                 {"keys_only", "keysOnly"},
                                 {"count_only", "countOnly"}});
    return check_keys(std::move(result), Use::kRead);
  }
  Result<Json> put(const Json& request) const {
    auto result = take(request, {{"key", ""}, {"value", ""}, {"prev_kv", "prevKv"}});
    return check_record(check_keys(std::move(result), Use::kWrite));
  }
  Result<Json> remove(const Json& request) const {
    auto result = take(request, {{"key", ""}, {"range_end", "rangeEnd"}, {"prev_kv", "prevKv"}});
    return check_keys(std::move(result), Use::kWrite);
  }
  Result<Json> transaction(const Json& request) const;

 private:
  Result<Json> take(const Json& request, std::span<const Member> members) const;
  Result<Json> take(const Json& request, std::initializer_list<Member> members) const {
    return take(request, std::span<const Member>(members.begin(), members.size()));
  }
  Result<Json> check_keys(Result<Json> request, Use use) const;
  Result<Json> check_record(Result<Json> request) const;
  bool is_fence(const Json& compare) const;
  Result<Json> compare(const Json& request) const;
  Result<Json> operation(const Json& request) const;
  template <class Check>
  Result<Json> each(const Json& list, Check check) const;
  bool allows(const std::string& key, const std::string& range_end, Use use) const;

  const State& state_;
  std::string endpoints_;  // <prefix>endpoints/<node>/
  std::string node_key_;   // <prefix>nodes/<node>
  std::string node_;
};

tl::unexpected<Error> invalid(std::string message, std::string_view field) {
  return tl::unexpected(Error{ErrorCode::kInvalid, std::move(message), std::string(field)});
}

Result<std::string> decoded(const Json& request, const char* name) {
  const auto found = request.find(name);
  if (found == request.end()) return std::string();
  if (!found->is_string()) return invalid(fmt::format("{} is no string", name), name);
  auto bytes = base64_decode(found->get<std::string>());
  if (!bytes) return invalid(fmt::format("{} is no base64", name), name);
  return std::move(*bytes);
}

// A copy of the members that are known, under etcd's own names.
Result<Json> Rules::take(const Json& request, std::span<const Member> members) const {
  if (!request.is_object()) return invalid("a JSON object is expected", "");
  Json result = Json::object();
  for (const auto& [key, value] : request.items()) {
    const Member* known = nullptr;
    for (const Member& member : members) {
      if (key == member.name || key == member.camel) known = &member;
    }
    if (known == nullptr) return fail(ErrorCode::kDenied, "{} is not passed on for an Agent", key);
    const std::string name(known->name);
    if (result.contains(name)) return invalid(fmt::format("{} stands there twice", name), name);
    result[name] = value;
  }
  return result;
}

bool Rules::allows(const std::string& key, const std::string& range_end, Use use) const {
  if (range_end.empty() && use == Use::kRead && key == node_key_) return true;
  if (!key.starts_with(endpoints_)) return false;
  if (range_end.empty()) return key.size() > endpoints_.size();
  return range_end > key && range_end <= store::KeyRange::prefix(endpoints_).end;
}

Result<Json> Rules::check_keys(Result<Json> request, Use use) const {
  if (!request) return request;
  auto key = decoded(*request, "key");
  if (!key) return forward_error(key);
  auto range_end = decoded(*request, "range_end");
  if (!range_end) return forward_error(range_end);
  if (!allows(*key, *range_end, use)) {
    return fail(ErrorCode::kDenied, "Node {} has no {} at {}", node_,
                use == Use::kRead ? "reading" : "writing", *key);
  }
  (*request)["key"] = base64_encode(*key);
  if (!range_end->empty()) (*request)["range_end"] = base64_encode(*range_end);
  return request;
}

// An endpoint of a Task that is this Node's, under its own key, in its owner's name. Of a Task that this
// Master has not heard of yet another one may have.
Result<Json> Rules::check_record(Result<Json> request) const {
  if (!request) return request;
  auto value = decoded(*request, "value");
  if (!value) return forward_error(value);
  auto record = registry::decode<registry::Endpoint>(*value);
  if (!record) return forward_error(record, "value");
  const std::string id = base64_decode((*request)["key"].get<std::string>())->substr(endpoints_.size());
  if (record->task != id || record->node != node_)
    return fail(ErrorCode::kDenied, "the record of {} on {} does not belong under {}{}", record->task,
                record->node, endpoints_, id);
  const auto* task = state_.task(id);
  const bool is_its =
      !task || (task->value.node() == node_ && task->value.version() == record->version &&
                service_of(task->value) == ServiceRef{record->tenant, record->app, record->service});
  if (!is_its) return fail(ErrorCode::kDenied, "task {} is not what its record on {} says", id, node_);
  (*request)["value"] = base64_encode(*value);
  return request;
}

bool Rules::is_fence(const Json& compare) const {
  return compare["key"] == base64_encode(node_key_) && compare.value("target", "") == "MOD" &&
         compare.value("result", "EQUAL") == "EQUAL" && compare.contains("mod_revision");
}

Result<Json> Rules::compare(const Json& request) const {
  return check_keys(take(request, {{"key", ""},
                                   {"target", ""},
                                   {"result", ""},
                                   {"version", ""},
                                   {"create_revision", "createRevision"},
                                   {"mod_revision", "modRevision"}}),
                    Use::kRead);
}

Result<Json> Rules::operation(const Json& request) const {
  auto result = take(request, {{"request_range", "requestRange"},
                               {"request_put", "requestPut"},
                               {"request_delete_range", "requestDeleteRange"}});
  if (!result) return result;
  if (result->size() != 1) return invalid("one request is expected in each operation", "");
  const std::string name = result->begin().key();
  const Json inner = result->begin().value();
  auto checked = name == "request_put" ? put(inner) : name == "request_range" ? range(inner) : remove(inner);
  if (!checked) return checked;
  return Json{{name, std::move(*checked)}};
}

template <class Check>
Result<Json> Rules::each(const Json& list, Check check) const {
  if (!list.is_array()) return invalid("a list is expected", "");
  if (list.size() > kOperationsMax)
    return fail(ErrorCode::kTooLarge, "more than {} operations", kOperationsMax);
  Json result = Json::array();
  for (const Json& item : list) {
    auto checked = check(item);
    if (!checked) return checked;
    result.push_back(std::move(*checked));
  }
  return result;
}

Result<Json> Rules::transaction(const Json& request) const {
  auto parts = take(request, {{"compare", ""}, {"success", ""}, {"failure", ""}});
  if (!parts) return parts;
  Json result = Json::object();
  for (const auto& [name, list] : parts->items()) {
    auto checked = name == "compare" ? each(list, [this](const Json& item) { return compare(item); })
                                     : each(list, [this](const Json& item) { return operation(item); });
    if (!checked) return checked;
    result[name] = std::move(*checked);
  }
  const Json none = Json::array();
  const auto writes = [](const Json& operation) { return !operation.contains("request_range"); };
  const Json success = result.value("success", none);
  const Json failure = result.value("failure", none);
  const Json compares = result.value("compare", none);
  if (std::any_of(failure.begin(), failure.end(), writes))
    return fail(ErrorCode::kDenied, "nothing is written where the fence does not hold");
  const bool is_fenced =
      std::any_of(compares.begin(), compares.end(), [this](const Json& one) { return is_fence(one); });
  if (std::any_of(success.begin(), success.end(), writes) && !is_fenced)
    return fail(ErrorCode::kDenied, "a write compares the mod_revision of {}", node_key_);
  return result;
}

}  // namespace

Result<std::string> door_request(const State& state, std::string_view node, DoorVerb verb,
                                 std::string_view body) {
  const Json request = Json::parse(body, nullptr, /*allow_exceptions=*/false);
  if (request.is_discarded()) return invalid("the body is no JSON", "");
  const Rules rules(state, node);
  Result<Json> result = verb == DoorVerb::kRange ? rules.range(request) : rules.transaction(request);
  if (!result) return forward_error(result);
  return result->dump();
}

}  // namespace hancock::master::api
