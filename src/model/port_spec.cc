#include <fmt/core.h>
#include <fmt/ranges.h>

#include <map>

#include "model/spec_parts.h"

namespace hancock::model::spec {

const Schema<PortSpec>& port_schema() {
  static const Schema<PortSpec> schema({
      required("name", name(), into(&PortSpec::mutable_name)),
      required("port", whole_number(1, 65'535), &PortSpec::set_port),
      defaulted("protocol", one_of<Protocol>({{"tcp", PROTOCOL_TCP}}, {"udp"}), "tcp",
                &PortSpec::set_protocol),
      not_yet<PortSpec>("expose", "gateways"),
  });
  return schema;
}

void check_ports(Report& report, const Place& service) {
  std::map<std::string_view, Place> seen;
  for (const Place& port : service.at("ports").items()) {
    const Place name = port.at("name");
    if (name.text().empty()) continue;
    const auto [first, fresh] = seen.try_emplace(name.text(), port);
    if (fresh) continue;
    report.wrong(name,
                 fmt::format("unique: {} (line {}) has it too", first->second.path(), first->second.line()));
  }
}

void settle_port_name(Report& report, const Place& service, const Place& port, std::string* target) {
  if (service.at("ports").size() > kSpecListMax) return;  // too long a list was not read
  std::vector<std::string_view> names;
  for (const Place& item : service.at("ports").items()) {
    if (const auto name = item.at("name").text(); !name.empty()) names.push_back(name);
  }
  if (names.empty()) return report.wrong(port, "a name in ports, which has none");
  if (!port.written()) {
    *target = names.front();
    return;
  }
  for (const std::string_view name : names) {
    if (port.text() == name) return;
  }
  report.wrong(port, fmt::format("a name in ports: {}", fmt::join(names, ", ")));
}

}  // namespace hancock::model::spec
