#include "slardar/admin/lua_calls.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "slardar/admin/answers.h"
#include "slardar/admin/status_report.h"
#include "slardar/admin/write_calls.h"
#include "slardar/lua/digest.h"
#include "slardar/lua/lua_record.h"

namespace hancock::slardar {
namespace {

using OrderedJson = nlohmann::ordered_json;

constexpr std::string_view kMethodsOfAll = "GET, HEAD, PUT";
constexpr std::string_view kMethodsOfOne = "GET, HEAD, POST, PUT, DELETE";

OrderedJson module_json(const LuaCode::Entry& entry) {
  return {{"name", entry.text->name}, {"version", entry.text->version}, {"time", local_time(entry.since)}};
}

OrderedJson versions_json(const LuaCode& code) {
  const LuaTextPtr committed = code.find(kLuaVersion);
  return {{"global_version", code.number()}, {"commit_version", committed ? committed->text : "0"}};
}

http::Response document_of(int status, const OrderedJson& body) {
  return document(status, body.dump(-1, ' ', false, OrderedJson::error_handler_t::replace) + "\n");
}

http::Response not_found(const std::string& name) {
  return refusal(404, fmt::format("lua {} not found", name));
}

/// What others require comes before them; the version, which says that all is there, comes last.
int turn_of(std::string_view name) {
  if (name.starts_with(kLuaModules)) return 0;
  return name == kLuaVersion ? 2 : 1;
}

}  // namespace

std::string LuaCalls::key_of(const std::string& name) const {
  return lua_prefix(confd_.records().keys()) + name;
}

io::Async<http::Response> LuaCalls::all(http::Exchange& exchange) {
  const std::string method = exchange.request().method;
  if (method == "GET" || method == "HEAD") co_return list();
  if (method != "PUT") co_return wrong_method(kMethodsOfAll);
  co_return co_await make_all_live();
}

io::Async<http::Response> LuaCalls::one(http::Exchange& exchange, std::string name) {
  if (auto checked = check_lua_name(name); !checked) co_return refusal(checked.error());
  const std::string method = exchange.request().method;
  if (method == "GET" || method == "HEAD") co_return show(name);
  if (method == "POST") co_return co_await keep(exchange, std::move(name));
  if (method == "PUT") co_return co_await make_live(exchange, std::move(name));
  if (method == "DELETE") co_return co_await remove(exchange, std::move(name));
  co_return wrong_method(kMethodsOfOne);
}

http::Response LuaCalls::list() const {
  const LuaCode& code = *publisher_.snapshot()->lua;
  OrderedJson body = versions_json(code);
  OrderedJson& modules = body["modules"] = OrderedJson::array();
  for (const auto& [name, entry] : code.entries())
    if (name != kLuaVersion) modules.push_back(module_json(entry));
  return document_of(200, body);
}

// As the list, and beside it what callers of old read of one.
http::Response LuaCalls::show(const std::string& name) const {
  const LuaCode& code = *publisher_.snapshot()->lua;
  const auto found = code.entries().find(name);
  if (found == code.entries().end()) return not_found(name);
  OrderedJson body = versions_json(code);
  body["modules"] = OrderedJson::array({module_json(found->second)});
  body.update(module_json(found->second));
  return tagged(document_of(200, body), confd_.revision_of(key_of(name)));
}

io::Async<http::Response> LuaCalls::keep(http::Exchange& exchange, std::string name) {
  auto body = co_await read_body(exchange);
  if (!body) co_return refusal(body.error());
  if (auto record = decode_lua(name, *body); !record) co_return refusal(record.error());
  if (kept_.size() >= kKeptMax && !kept_.contains(name))
    co_return refusal(400,
                      fmt::format("{} texts are kept already: make them live, or delete them", kKeptMax));
  kept_[name] = std::move(*body);
  co_return document(200, "\"ok\"\n");
}

io::Async<http::Response> LuaCalls::make_live(http::Exchange& exchange, std::string name) {
  if (!kept_.contains(name) && !is_live_from_here(name)) co_return not_found(name);
  auto condition = IfMatch::of(exchange.request().headers);
  if (!condition) co_return refusal(condition.error());
  auto written = co_await write_kept(name, std::move(*condition));
  if (!written) co_return refusal(written.error());
  co_return tagged(answer_of(*written), written->revision);
}

io::Async<http::Response> LuaCalls::make_all_live() {
  std::vector<std::string> names;
  for (const auto& [name, text] : kept_) names.push_back(name);
  const bool is_repeated = std::any_of(made_live_.begin(), made_live_.end(),
                                       [this](const auto& each) { return is_live_from_here(each.first); });
  if (names.empty() && !is_repeated) co_return refusal(404, "no code was posted");
  std::stable_sort(names.begin(), names.end(),
                   [](const std::string& a, const std::string& b) { return turn_of(a) < turn_of(b); });
  Written all;
  all.live = true;
  all.revision = confd_.built(lua_prefix(confd_.records().keys()));
  for (const std::string& name : names) {
    auto written = co_await write_kept(name, IfMatch());
    if (!written) co_return refusal(written.error());
    all.revision = std::max(all.revision, written->revision);
    all.live &= written->live;
  }
  co_return answer_of(all);
}

io::Async<Result<Written>> LuaCalls::write_kept(std::string name, IfMatch condition) {
  const auto kept = kept_.find(name);
  const std::optional<std::string> text = kept == kept_.end() ? std::nullopt : std::optional(kept->second);
  RecordEdit edit = [text](const std::optional<std::string>& present) -> Result<std::optional<std::string>> {
    return text ? text : present;
  };
  auto written = co_await writer_.write(key_of(name), std::move(edit), std::move(condition));
  if (!written) co_return forward_error(written, name);
  if (text) made_live_[name] = md5_hex(*text);
  const auto still = kept_.find(name);
  if (still != kept_.end() && still->second == text) kept_.erase(still);
  co_return written;
}

bool LuaCalls::is_live_from_here(const std::string& name) const {
  const auto made = made_live_.find(name);
  const LuaTextPtr live = publisher_.snapshot()->lua->find(name);
  return made != made_live_.end() && live && live->version == made->second;
}

io::Async<http::Response> LuaCalls::remove(http::Exchange& exchange, std::string name) {
  auto condition = IfMatch::of(exchange.request().headers);
  if (!condition) co_return refusal(condition.error());
  const bool was_kept = kept_.contains(name);
  RecordEdit edit =
      [was_kept](const std::optional<std::string>& present) -> Result<std::optional<std::string>> {
    if (!present && !was_kept) return fail(ErrorCode::kNotFound, "not found");
    return std::nullopt;
  };
  auto written = co_await writer_.write(key_of(name), std::move(edit), std::move(*condition));
  if (written) kept_.erase(name);
  if (written) made_live_.erase(name);
  if (written) co_return answer_of(*written);
  if (written.error().code == ErrorCode::kNotFound) co_return not_found(name);
  co_return refusal(written.error());
}

}  // namespace hancock::slardar
