#include "slardar/confd/upstream_options.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/number.h"
#include "slardar/balance/balancers.h"
#include "slardar/check/checks.h"

namespace hancock::slardar {
namespace {

using json_fields::boolean;
using Json = nlohmann::json;
using json_fields::member_of;
using json_fields::refuse;
using json_fields::seconds;
using json_fields::seconds_json;
using json_fields::text;
using json_fields::whole_number;
using std::chrono::milliseconds;

constexpr milliseconds kCheckMin{1};
constexpr int64_t kInRowMax = 1'000;
constexpr int64_t kTriesMax = 1'000;
constexpr size_t kOptionMax = 1'024;
constexpr size_t kQueryMax = 16'384;

/// How one option is read into a record, and written when it is not the default.
struct UpstreamOption {
  std::string_view name;
  Result<void> (*read)(const Json& value, const std::string& field, UpstreamRecord& record);
  /// null: as by default.
  Json (*write)(const UpstreamRecord& record);
};

template <class T, class To>
Result<void> into(Result<T> value, To& target) {
  if (!value) return forward_error(value);
  target = static_cast<To>(std::move(*value));
  return {};
}

template <class T>
Json unless_default(const T& value, const T& by_default) {
  return value == by_default ? Json() : Json(value);
}
Json unless_default(milliseconds value, milliseconds by_default) {
  return value == by_default ? Json() : seconds_json(value);
}

const CheckOptions kByDefault;

Result<void> read_kind(const Json& value, const std::string& field, UpstreamRecord& record) {
  auto kind = text(value, field, kOptionMax);
  if (!kind) return forward_error(kind);
  if (!is_check_kind(*kind)) return refuse(field, fmt::format("{}: no such check", *kind));
  record.check.kind = std::move(*kind);
  return {};
}

Result<void> read_mode(const Json& value, const std::string& field, UpstreamRecord& record) {
  auto mode = text(value, field, kOptionMax);
  if (!mode) return forward_error(mode);
  if (auto kind = find_balancer(*mode); !kind) {
    kind.error().field = field;
    return forward_error(kind);
  }
  record.mode = std::move(*mode);
  return {};
}

Result<void> read_statuses(const Json& map, const std::string& path, CheckOptions& check) {
  if (!map.is_object()) return refuse(path, "a map of codes is needed, like {\"502\": false}");
  for (const auto& [code, value] : map.items()) {
    const std::string field = member_of(path, code);
    const auto number = parse_number<int>(code);
    if (!number || *number < 100 || *number > 599)
      return refuse(field, "a status code from 100 to 599 is needed as the name");
    auto good = boolean(value, field);
    if (!good) return forward_error(good);
    check.statuses[*number] = *good;
  }
  return {};
}

Result<void> read_http_opts(const Json& value, const std::string& field, UpstreamRecord& record) {
  if (!value.is_object()) return refuse(field, "a map is needed");
  for (const auto& [member, each] : value.items()) {
    const std::string at = member_of(field, member);
    Result<void> read = refuse(at, "no such option");
    if (member == "query") read = into(text(each, at, kQueryMax), record.check.query);
    if (member == "statuses") read = read_statuses(each, at, record.check);
    if (!read) return read;
  }
  return {};
}

Json write_http_opts(const UpstreamRecord& record) {
  Json options;
  if (!record.check.query.empty()) options["query"] = record.check.query;
  for (const auto& [code, good] : record.check.statuses) options["statuses"][std::to_string(code)] = good;
  return options;
}

constexpr UpstreamOption kOptions[] = {
    {"enable",
     [](const Json& v, const std::string& f, UpstreamRecord& r) {
       return into(boolean(v, f), r.check.enable);
     },
     [](const UpstreamRecord& r) { return unless_default(r.check.enable, true); }},
    {"typ", read_kind, [](const UpstreamRecord& r) { return unless_default(r.check.kind, kByDefault.kind); }},
    {"timeout",
     [](const Json& v, const std::string& f, UpstreamRecord& r) {
       return into(seconds(v, f, kCheckMin), r.check.timeout);
     },
     [](const UpstreamRecord& r) { return unless_default(r.check.timeout, kByDefault.timeout); }},
    {"interval",
     [](const Json& v, const std::string& f, UpstreamRecord& r) {
       return into(seconds(v, f, kCheckMin), r.check.interval);
     },
     [](const UpstreamRecord& r) { return unless_default(r.check.interval, kByDefault.interval); }},
    {"sensibility",
     [](const Json& v, const std::string& f, UpstreamRecord& r) {
       return into(whole_number(v, f, 1, kInRowMax), r.check.fall);
     },
     [](const UpstreamRecord& r) { return unless_default(r.check.fall, kByDefault.fall); }},
    {"rise",
     [](const Json& v, const std::string& f, UpstreamRecord& r) {
       return into(whole_number(v, f, 1, kInRowMax), r.check.rise);
     },
     [](const UpstreamRecord& r) { return unless_default(r.check.rise, kByDefault.rise); }},
    {"protected",
     [](const Json& v, const std::string& f, UpstreamRecord& r) {
       return into(boolean(v, f), r.check.protect);
     },
     [](const UpstreamRecord& r) { return unless_default(r.check.protect, true); }},
    {"mode", read_mode, [](const UpstreamRecord& r) { return unless_default(r.mode, std::string("rr")); }},
    {"try",
     [](const Json& v, const std::string& f, UpstreamRecord& r) {
       return into(whole_number(v, f, 1, kTriesMax), r.tries);
     },
     [](const UpstreamRecord& r) { return r.tries ? Json(*r.tries) : Json(); }},
    {"try_timeout",
     [](const Json& v, const std::string& f, UpstreamRecord& r) {
       return into(seconds(v, f, milliseconds(0)), r.try_timeout);
     },
     [](const UpstreamRecord& r) { return unless_default(r.try_timeout, milliseconds(0)); }},
    {"http_opts", read_http_opts, write_http_opts},
    {"name",
     [](const Json& v, const std::string& f, UpstreamRecord& r) {
       return into(text(v, f, kOptionMax), r.check.name);
     },
     [](const UpstreamRecord& r) { return unless_default(r.check.name, std::string()); }},
    {"user",
     [](const Json& v, const std::string& f, UpstreamRecord& r) {
       return into(text(v, f, kOptionMax), r.check.user);
     },
     [](const UpstreamRecord& r) { return unless_default(r.check.user, std::string()); }},
    {"pass",
     [](const Json& v, const std::string& f, UpstreamRecord& r) {
       return into(text(v, f, kOptionMax), r.check.password);
     },
     [](const UpstreamRecord& r) { return unless_default(r.check.password, std::string()); }},
};

}  // namespace

bool is_upstream_option(std::string_view member) {
  return std::any_of(std::begin(kOptions), std::end(kOptions),
                     [&](const UpstreamOption& each) { return each.name == member; });
}

Result<void> decode_options(const Json& body, UpstreamRecord& record) {
  for (const UpstreamOption& option : kOptions) {
    const auto found = body.find(option.name);
    if (found == body.end()) continue;
    auto read = option.read(*found, std::string(option.name), record);
    if (!read) return read;
  }
  return {};
}

void encode_options(const UpstreamRecord& record, Json& body) {
  for (const UpstreamOption& option : kOptions) {
    if (Json value = option.write(record); !value.is_null())
      body[std::string(option.name)] = std::move(value);
  }
}

}  // namespace hancock::slardar
