#include "agent/network/ruleset.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

namespace hancock::agent {
namespace {

std::string key_of(const PublishedPort& port) {
  return fmt::format("{} . {}", to_string(port.protocol), port.host_port);
}
std::string target_of(const std::string& address, const PublishedPort& port) {
  return fmt::format("{} . {}", address, port.port);
}

std::string elements(const std::set<std::string>& members) {
  return members.empty() ? "" : fmt::format("elements = {{ {} }}", fmt::join(members, ", "));
}
std::string elements(const std::map<std::string, std::string>& members) {
  std::vector<std::string> entries;
  for (const auto& [key, value] : members) entries.push_back(key + " : " + value);
  return entries.empty() ? "" : fmt::format("elements = {{ {} }}", fmt::join(entries, ", "));
}

// A Task that dials a published port of its own Node is translated like any other visitor.
constexpr const char* kTable = R"(add table inet hancock
delete table inet hancock
table inet hancock {{
  set gateways {{ type ipv4_addr; {gateways}
  }}
  set tasks {{ type ipv4_addr; {tasks}
  }}
  set closed {{ type ipv4_addr; flags interval; {closed}
  }}
  map ports {{ type inet_proto . inet_service : ipv4_addr . inet_service; {ports}
  }}
  chain prerouting {{
    type nat hook prerouting priority dstnat; policy accept;
    fib daddr type local ip daddr != 127.0.0.0/8 dnat ip to meta l4proto . th dport map @ports
  }}
  chain output {{
    type nat hook output priority -100; policy accept;
    fib daddr type local ip daddr != 127.0.0.0/8 dnat ip to meta l4proto . th dport map @ports
  }}
  chain postrouting {{
    type nat hook postrouting priority srcnat; policy accept;
    ip saddr @tasks ip daddr != @tasks masquerade
  }}
  chain forward {{
    type filter hook forward priority filter; policy accept;
    ct state established,related accept
    ip daddr @tasks ct status dnat accept
    ip daddr @tasks drop
    ip saddr @tasks ip daddr @closed drop
  }}
  chain input {{
    type filter hook input priority filter; policy accept;
    ct state established,related accept
    ip saddr @tasks drop
  }}
}}
)";

const std::string& key(const std::string& member) { return member; }
const std::string& key(const std::pair<const std::string, std::string>& member) { return member.first; }
std::string entry(const std::string& member) { return member; }
std::string entry(const std::pair<const std::string, std::string>& member) {
  return member.first + " : " + member.second;
}

/// "delete element inet hancock tasks { … }" for what is in `all` and not in `others`.
template <class Members>
std::string difference(std::string_view verb, std::string_view name, const Members& all,
                       const Members& others) {
  std::vector<std::string> entries;
  for (const auto& member : all) {
    const auto other = others.find(key(member));
    if (other == others.end() || *other != member) entries.push_back(entry(member));
  }
  if (entries.empty()) return "";
  return fmt::format("{} element inet {} {} {{ {} }}\n", verb, kTableName, name, fmt::join(entries, ", "));
}

/// {"concat": ["tcp", 20123]} -> "tcp . 20123".
std::string concatenation(const nlohmann::json& value) {
  std::vector<std::string> parts;
  for (const nlohmann::json& part : value.at("concat"))
    parts.push_back(part.is_string() ? part.get<std::string>() : part.dump());
  return fmt::format("{}", fmt::join(parts, " . "));
}

Listing read(const nlohmann::json& document) {
  Listing listing;
  std::vector<std::string> frame;
  for (const nlohmann::json& entry : document.at("nftables")) {
    if (!entry.is_object() || entry.contains("metainfo")) continue;
    nlohmann::json item = entry;
    const std::string kind = item.begin().key();
    nlohmann::json& body = item.begin().value();
    body.erase("handle");
    const std::string name = body.value("name", "");
    if ((kind == "set" && name == "tasks") || (kind == "map" && name == "ports")) {
      for (const nlohmann::json& element : body.value("elem", nlohmann::json::array())) {
        if (kind == "set") {
          listing.tasks.insert(element.get<std::string>());
        } else {
          listing.ports.emplace(concatenation(element.at(0)), concatenation(element.at(1)));
        }
      }
      body.erase("elem");
    }
    frame.push_back(item.dump());
  }
  listing.frame = fmt::format("{}", fmt::join(frame, "\n"));
  return listing;
}

}  // namespace

std::string_view to_string(PortProtocol protocol) { return protocol == PortProtocol::kTcp ? "tcp" : "udp"; }

void Ruleset::add(const std::string& address, const std::vector<PublishedPort>& published) {
  tasks.insert(address);
  for (const PublishedPort& port : published) ports.insert_or_assign(key_of(port), target_of(address, port));
}

std::string render_table(const Ruleset& rules) {
  return fmt::format(fmt::runtime(kTable), fmt::arg("gateways", elements(rules.gateways)),
                     fmt::arg("tasks", elements(rules.tasks)), fmt::arg("closed", elements(rules.closed)),
                     fmt::arg("ports", elements(rules.ports)));
}

std::string render_change(const Ruleset& from, const Ruleset& to) {
  return difference("delete", "ports", from.ports, to.ports) +
         difference("delete", "tasks", from.tasks, to.tasks) +
         difference("add", "tasks", to.tasks, from.tasks) + difference("add", "ports", to.ports, from.ports);
}

Result<Listing> parse_listing(const std::string& json) {
  try {
    return read(nlohmann::json::parse(json));
  } catch (const nlohmann::json::exception& error) {
    return fail(ErrorCode::kInternal, "nft lists something unexpected: {}", error.what());
  }
}

}  // namespace hancock::agent
