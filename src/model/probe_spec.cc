#include <fmt/core.h>

#include "base/number.h"
#include "model/route_name.h"
#include "model/spec_defaults.h"
#include "model/spec_parts.h"

namespace hancock::model::spec {
namespace {

constexpr const char* kExecRule = "a list of strings: the program and its arguments";

/// "200-399", "204".
std::optional<ProbeSpec::StatusRange> parse_status_range(std::string_view text) {
  const auto code = [](std::string_view digits) -> uint32_t {
    const auto value = parse_number<uint32_t>(digits).value_or(0);
    return value >= 100 && value <= 599 ? value : 0;
  };
  const size_t dash = text.find('-');
  ProbeSpec::StatusRange range;
  range.set_first(code(text.substr(0, dash)));
  range.set_last(dash == std::string_view::npos ? range.first() : code(text.substr(dash + 1)));
  if (range.first() == 0 || range.last() < range.first()) return std::nullopt;
  return range;
}

Key<ProbeSpec::Http> statuses_key() {
  const Scalar<ProbeSpec::StatusRange> range{
      "a status or a range 100..599, like 200-399, or a list of them", parse_status_range, {}};
  return {"statuses", [=](Report& report, const Place& place, ProbeSpec::Http& http) {
            if (!place.written()) {
              *http.add_statuses() = *parse_status_range("200-399");
            } else if (!place.is(YamlNode::Kind::kList)) {
              if (const auto value = range.read(report, place)) *http.add_statuses() = *value;
            } else if (place.size() == 0) {
              report.wrong(place, range.allowed);
            } else if (is_list(report, place, range.allowed)) {
              for (const Place& item : place.items()) {
                if (const auto value = range.read(report, item)) *http.add_statuses() = *value;
              }
            }
          }};
}

const Schema<ProbeSpec::Http>& http_schema() {
  using Http = ProbeSpec::Http;
  static const Schema<Http> schema({
      defaulted("path", text(std::string(kProbePathRule), is_probe_path), "/", into(&Http::mutable_path)),
      optional("port", name(), into(&Http::mutable_port)),
      statuses_key(),
  });
  return schema;
}

const Schema<ProbeSpec::Tcp>& tcp_schema() {
  static const Schema<ProbeSpec::Tcp> schema({
      optional("port", name(), into(&ProbeSpec::Tcp::mutable_port)),
  });
  return schema;
}

const Schema<ProbeSpec>& probe_schema() {
  static const Schema<ProbeSpec> schema({
      nested_if_written("http", http_schema(), &ProbeSpec::mutable_http),
      nested_if_written("tcp", tcp_schema(), &ProbeSpec::mutable_tcp),
      nested_if_written("exec", exec_schema(), &ProbeSpec::mutable_exec),
      defaulted("interval", duration(10ms), defaults::kInterval, into(&ProbeSpec::mutable_interval)),
      defaulted("timeout", duration(1ms), defaults::kTimeout, into(&ProbeSpec::mutable_timeout)),
      defaulted("rise", whole_number(1, 1'000), defaults::kRise, &ProbeSpec::set_rise),
      defaulted("fall", whole_number(1, 1'000), defaults::kFall, &ProbeSpec::set_fall),
      defaulted("start_period", duration(0s), defaults::kStartPeriod, into(&ProbeSpec::mutable_start_period)),
  });
  return schema;
}

/// `place` is a written probe.
void settle_probe(Report& report, const Place& service, const Place& place, ProbeSpec& probe) {
  if (!place.is(YamlNode::Kind::kMap)) return;
  const Place http = place.at("http");
  const Place tcp = place.at("tcp");
  const Place exec = place.at("exec");
  if (int{http.written()} + int{tcp.written()} + int{exec.written()} != 1) {
    return report.wrong(place, "a map with exactly one of http, tcp and exec");
  }
  if (http.is(YamlNode::Kind::kMap)) {
    settle_port_name(report, service, http.at("port"), probe.mutable_http()->mutable_port());
  } else if (tcp.is(YamlNode::Kind::kMap)) {
    settle_port_name(report, service, tcp.at("port"), probe.mutable_tcp()->mutable_port());
  } else if (exec.is(YamlNode::Kind::kMap)) {
    check_exec(report, exec);
  }
}

}  // namespace

const Schema<ProbeSpec::Exec>& exec_schema() {
  static const Schema<ProbeSpec::Exec> schema({
      list("command", kExecRule, text(kArgumentMax), append(&ProbeSpec::Exec::mutable_command)),
  });
  return schema;
}

void check_exec(Report& report, const Place& exec) {
  const Place command = exec.at("command");
  const bool empty = command.is(YamlNode::Kind::kList) && command.size() == 0;
  if (empty || !command.written()) report.wrong(command, kExecRule);
}

const Schema<ProbesSpec>& probes_schema() {
  static const Schema<ProbesSpec> schema({
      nested("ready", probe_schema(), &ProbesSpec::mutable_ready),
      nested_if_written("live", probe_schema(), &ProbesSpec::mutable_live),
  });
  return schema;
}

void settle_probes(Report& report, const Place& service, ServiceSpec& spec) {
  const Place ready = service.at("probes").at("ready");
  const Place live = service.at("probes").at("live");
  settle_probe(report, service, ready, *spec.mutable_probes()->mutable_ready());
  if (live.written()) settle_probe(report, service, live, *spec.mutable_probes()->mutable_live());
  if (!ready.written() && spec.ports_size() > 0) {
    spec.mutable_probes()->mutable_ready()->mutable_tcp()->set_port(spec.ports(0).name());
  }
}

}  // namespace hancock::model::spec
