#include "model/spec_parts.h"

namespace hancock::model::spec {
namespace {

constexpr size_t kQueryMax = 4'096;
constexpr size_t kWordMax = 255;
constexpr std::string_view kStatusesRule = "a map of statuses 100..599, like {\"502\": false}";

void read_statuses(Report& report, const Place& place, HealthSpec::Http& http) {
  if (!place.written()) return;
  if (!place.is(YamlNode::Kind::kMap)) return report.wrong(place, kStatusesRule);
  for (const auto& [key, item] : report.entries(place)) {
    const auto is_good = boolean().read(report, item);
    if (!whole_number(100, 599).parse(key)) {
      report.wrong_key(item, key, "a status 100..599");
    } else if (is_good) {
      (*http.mutable_statuses())[std::string(key)] = *is_good;
    }
  }
}

const Schema<HealthSpec::Http>& http_opts_schema() {
  static const Schema<HealthSpec::Http> schema({
      optional("query", text(kQueryMax), into(&HealthSpec::Http::mutable_query)),
      Key<HealthSpec::Http>{"statuses", read_statuses},
  });
  return schema;
}

}  // namespace

// What is not written stays unsaid: a spec from before is the same Version.
const Schema<HealthSpec>& health_schema() {
  static const Schema<HealthSpec> schema({
      optional("enable", boolean(), &HealthSpec::set_enable),
      optional("typ",
               one_of<std::string>({{"general", "general"},
                                    {"http", "http"},
                                    {"mysql", "mysql"},
                                    {"redis", "redis"},
                                    {"grpc", "grpc"}}),
               into(&HealthSpec::mutable_typ)),
      optional("timeout", duration(1ms, 1min), into(&HealthSpec::mutable_timeout)),
      optional("interval", duration(100ms, 1h), into(&HealthSpec::mutable_interval)),
      optional("sensibility", whole_number(1, 1'000), &HealthSpec::set_sensibility),
      optional("rise", whole_number(1, 1'000), &HealthSpec::set_rise),
      optional("protected", boolean(), &HealthSpec::set_protected_),
      nested_if_written("http_opts", http_opts_schema(), &HealthSpec::mutable_http_opts),
      optional("name", text(kWordMax), into(&HealthSpec::mutable_name)),
      optional("user", text(kWordMax), into(&HealthSpec::mutable_user)),
      optional("pass", text(kWordMax), into(&HealthSpec::mutable_pass)),
  });
  return schema;
}

void check_health(Report& report, const Place& health, const HealthSpec& spec) {
  const auto only_with = [&](std::string_view key, bool is_right, std::string_view allowed) {
    if (health.at(key).written() && !is_right) report.wrong(health.at(key), allowed);
  };
  const std::string& typ = spec.typ();
  only_with("http_opts", typ == "http", "absent: it is for typ http");
  only_with("name", typ == "mysql" || typ == "grpc", "absent: it is for typ mysql and grpc");
  only_with("user", typ == "mysql" || typ == "redis", "absent: it is for typ mysql and redis");
  only_with("pass", typ == "mysql" || typ == "redis", "absent: it is for typ mysql and redis");
}

}  // namespace hancock::model::spec
