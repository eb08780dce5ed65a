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

/// Reads along: which key stands twice in one object.
class RepeatedKey final : public nlohmann::json_sax<nlohmann::json> {
 public:
  const std::optional<std::string>& found() const { return found_; }

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override {
    open_.emplace_back();
    return true;
  }
  bool key(string_t& name) override {
    if (!open_.back().insert(name).second) found_ = name;
    return !found_;
  }
  bool end_object() override {
    open_.pop_back();
    return true;
  }
  bool start_array(std::size_t) override { return true; }
  bool end_array() override { return true; }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
    return false;
  }

 private:
  std::vector<std::set<std::string>> open_;
  std::optional<std::string> found_;
};

std::string dumped(const OrderedJson& document) {
  return document.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

/// To callers of old an empty list and an empty map are the same.
bool has_table(const nlohmann::json& body, const char* member) {
  const auto found = body.find(member);
  return found != body.end() && found->is_structured();
}

/// The body, as right as decode_upstream() finds it. What keeps the order of keys looks for each among all
/// others: it comes last, when there are few.
Result<OrderedJson> given_body(std::string_view body) {
  const nlohmann::json given = nlohmann::json::parse(body, nullptr, false);
  if (given.is_discarded()) return fail(ErrorCode::kInvalid, "decode body error");
  if (!given.is_object() || (!has_table(given, "cluster") && !has_table(given, "servers")))
    return fail(ErrorCode::kInvalid, "body invalid");
  auto decoded = decode_upstream(body);
  if (!decoded) return forward_error(decoded);
  RepeatedKey repeated;
  nlohmann::json::sax_parse(body, &repeated);
  if (repeated.found())
    return tl::unexpected(Error{ErrorCode::kInvalid, "stands there twice", *repeated.found()});
  return OrderedJson::parse(body, nullptr, false);
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
