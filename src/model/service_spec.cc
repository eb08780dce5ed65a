#include <algorithm>
#include <limits>

#include "model/image_reference.h"
#include "model/spec_parts.h"

namespace hancock::model::spec {
namespace {

constexpr size_t kEnvMax = 1'000;
constexpr size_t kArgumentsMax = 1'000;
constexpr std::string_view kCommandRule =
    "a list of strings, like [program, argument], or [sh, -c, \"a line for a shell\"]";

bool is_env_name(std::string_view text) {
  const auto is_letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-' || c == '.';
  };
  if (text.empty() || !is_letter(text.front())) return false;
  return std::ranges::all_of(text, [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

/// `uid[:gid]` in numbers, or a name of the image's /etc/passwd.
bool is_user(std::string_view text) {
  constexpr size_t kUserMax = 64;
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto is_id = [](std::string_view id) {
    return whole_number(0, std::numeric_limits<uint32_t>::max() - 1).parse(id).has_value();
  };
  if (text.empty() || text.size() > kUserMax) return false;
  if (is_digit(text.front())) {
    const size_t colon = text.find(':');
    return is_id(text.substr(0, colon)) && (colon == std::string_view::npos || is_id(text.substr(colon + 1)));
  }
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  return is_letter(text.front()) && std::ranges::all_of(text, [&](char c) {
           return is_letter(c) || is_digit(c) || c == '-' || c == '.';
         });
}

bool is_absolute_path(std::string_view text) { return text.starts_with('/') && text.size() <= 4095; }

/// Scalars as they are written: `yes`, `010`, 1.50 stay that.
void read_env(Report& report, const Place& place, ServiceSpec& spec) {
  if (!place.written()) return;
  if (!place.is(YamlNode::Kind::kMap) || place.size() > kEnvMax) {
    return report.wrong(place, "a map of at most 1000 names and values, like {GREETING: hello}");
  }
  Scalar<std::string> value = text(kArgumentMax);
  value.allowed = "text of at most 131071 bytes, \"\" for an empty one";
  for (const auto& [key, item] : report.entries(place)) {
    if (key.starts_with("HANCOCK_")) {
      report.wrong_key(item, key, "another one: HANCOCK_* is reserved");
    } else if (!is_env_name(key)) {
      report.wrong_key(item, key, "letters, digits, _, - and ., no digit first");
    } else if (auto read = value.read(report, item)) {
      (*spec.mutable_env())[std::string(key)] = std::move(*read);
    }
  }
}

}  // namespace

const Schema<ServiceSpec>& service_schema() {
  static const Schema<ServiceSpec> schema({
      required("image", text(std::string(kImageRule), is_image_reference), into(&ServiceSpec::mutable_image)),
      list("command", std::string(kCommandRule), text(kArgumentMax), append(&ServiceSpec::mutable_command),
           kArgumentsMax),
      list("args", std::string(kCommandRule), text(kArgumentMax), append(&ServiceSpec::mutable_args),
           kArgumentsMax),
      optional("workdir", text("a path that starts with /", is_absolute_path),
               into(&ServiceSpec::mutable_workdir)),
      optional("user", text("uid, uid:gid or a name, like 1000:1000", is_user),
               into(&ServiceSpec::mutable_user)),
      Key<ServiceSpec>{"env", read_env},
      defaulted("replicas", whole_number(0, 10'000), "1", &ServiceSpec::set_replicas),
      list("ports", "a list of ports, like [{name: http, port: 8080}]", port_schema(),
           &ServiceSpec::add_ports),
      list("routes", "a list of routes, like [{hosts: [shop.test], port: http}]", route_schema(),
           &ServiceSpec::add_routes),
      nested_if_written("health", health_schema(), &ServiceSpec::mutable_health),
      nested("probes", probes_schema(), &ServiceSpec::mutable_probes),
      nested("resources", resources_schema(), &ServiceSpec::mutable_resources),
      nested("placement", placement_schema(), &ServiceSpec::mutable_placement),
      nested("update", update_schema(), &ServiceSpec::mutable_update),
      nested("restart", restart_schema(), &ServiceSpec::mutable_restart),
      nested("disconnect", disconnect_schema(), &ServiceSpec::mutable_disconnect),
      not_yet<ServiceSpec>("network"),
      not_yet<ServiceSpec>("security"),
      not_yet<ServiceSpec>("secrets"),
      not_yet<ServiceSpec>("registry_login"),
      not_yet<ServiceSpec>("logs"),
  });
  return schema;
}

void settle_service(Report& report, const Place& service, ServiceSpec& spec) {
  check_ports(report, service);
  settle_routes(report, service, spec);
  settle_probes(report, service, spec);
  check_health(report, service.at("health"), spec.health());
  check_update(report, service.at("update"), spec.update());
  check_restart(report, service.at("restart"), spec.restart());
  const Place command = service.at("command");
  if (spec.command_size() > 0 && spec.command(0).empty()) {
    report.wrong(command.items().front(), "the name of a program");
  }
}

}  // namespace hancock::model::spec
