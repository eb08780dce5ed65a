#include "slardar/admin/upstream_body.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "slardar/confd/upstream_record.h"

namespace hancock::slardar {
namespace {

using OrderedJson = nlohmann::ordered_json;

constexpr std::string_view kKnownOfOld[] = {"decode body error",      "body invalid",
                                            "servers invalid",        "can not update empty level",
                                            "cluster invalid",        "no server.host nor server.port found",
                                            "server must be a table", "can not set empty upstream"};

/// Watches the parser: which key stands twice in one object.
class RepeatedKey {
 public:
  bool operator()(int, OrderedJson::parse_event_t event, OrderedJson& parsed) {
    if (event == OrderedJson::parse_event_t::object_start) open_.emplace_back();
    if (event == OrderedJson::parse_event_t::object_end) open_.pop_back();
    if (event == OrderedJson::parse_event_t::key && !open_.back().insert(parsed.get<std::string>()).second)
      *found_ = parsed.get<std::string>();
    return true;
  }
  explicit RepeatedKey(std::optional<std::string>& found) : found_(&found) {}

 private:
  std::vector<std::set<std::string>> open_;
  std::optional<std::string>* found_;
};

std::string dumped(const OrderedJson& document) {
  return document.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

/// To callers of old an empty list and an empty map are the same.
bool has_table(const OrderedJson& body, const char* member) {
  const auto found = body.find(member);
  return found != body.end() && found->is_structured();
}

/// The body, as right as decode_upstream() finds it.
Result<OrderedJson> given_body(std::string_view body) {
  std::optional<std::string> repeated;
  OrderedJson given = OrderedJson::parse(body, RepeatedKey(repeated), false);
  if (given.is_discarded()) return fail(ErrorCode::kInvalid, "decode body error");
  if (!given.is_object() || (!has_table(given, "cluster") && !has_table(given, "servers")))
    return fail(ErrorCode::kInvalid, "body invalid");
  if (repeated) return tl::unexpected(Error{ErrorCode::kInvalid, "stands there twice", *repeated});
  auto decoded = decode_upstream(body);
  if (!decoded) return forward_error(decoded);
  return given;
}

/// A record that makes no sense has no options.
OrderedJson options_of(const std::optional<std::string>& text) {
  OrderedJson options = text ? OrderedJson::parse(*text, nullptr, false) : OrderedJson();
  if (!options.is_object()) return OrderedJson::object();
  options.erase("servers");
  options.erase("cluster");
  return options;
}

/// {"cluster":[{"servers":SERVERS}], …options}
OrderedJson one_level(OrderedJson servers, const OrderedJson& options) {
  OrderedJson upstream{{"cluster", OrderedJson::array({OrderedJson{{"servers", std::move(servers)}}})}};
  upstream.update(options);
  return upstream;
}

}  // namespace

Result<std::string> put_upstream(const std::optional<std::string>& present, std::string_view body) {
  auto given = given_body(body);
  if (!given) return forward_error(given);
  if (given->contains("cluster")) return dumped(*given);
  OrderedJson options = options_of(present);
  OrderedJson named = *given;
  named.erase("servers");
  options.update(named);
  std::string text = dumped(one_level(std::move((*given)["servers"]), options));
  // What was right for itself may contradict what stays.
  auto decoded = decode_upstream(text);
  if (!decoded) return forward_error(decoded);
  return text;
}

std::string shown_upstream(std::string_view text) {
  OrderedJson upstream = OrderedJson::parse(text, nullptr, false);
  if (!upstream.is_object()) return "{}";
  if (!upstream.contains("servers")) return dumped(upstream);
  OrderedJson servers = std::move(upstream["servers"]);
  upstream.erase("servers");
  return dumped(one_level(std::move(servers), upstream));
}

std::string said_of(const Error& error) {
  const bool is_known =
      std::find(std::begin(kKnownOfOld), std::end(kKnownOfOld), error.message) != std::end(kKnownOfOld);
  return error.field.empty() || is_known ? error.message : error.field + ": " + error.message;
}

}  // namespace hancock::slardar
