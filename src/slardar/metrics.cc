// /metrics in Prometheus' text format; the names are fixed (docs/slardar.md).
#include <fmt/format.h>

#include <iterator>

#include "slardar/gateway_view.h"

namespace hancock::slardar {
namespace {

/// Writes families and samples, label values escaped.
class Writer {
 public:
  using LabelList = std::initializer_list<std::pair<std::string_view, std::string_view>>;

  void family(std::string_view name, std::string_view type) {
    fmt::format_to(out(), "# TYPE {} {}\n", name, type);
  }
  template <class Number>
  void sample(std::string_view name, LabelList labels, Number value) {
    text_ += name;
    char separator = '{';
    for (const auto& [label, content] : labels) {
      fmt::format_to(out(), "{}{}=\"", separator, label);
      for (const char c : content) {
        if (c == '"' || c == '\\') text_ += '\\';
        text_ += c == '\n' ? ' ' : c;
      }
      text_ += '"';
      separator = ',';
    }
    if (labels.size() > 0) text_ += '}';
    fmt::format_to(out(), " {}\n", value);
  }
  template <class Number>
  void single(std::string_view name, std::string_view type, Number value) {
    family(name, type);
    sample(name, {}, value);
  }
  std::string take() { return std::move(text_); }

 private:
  std::back_insert_iterator<std::string> out() { return std::back_inserter(text_); }
  std::string text_;
};

Counters sum_of(const GatewayView& view) {
  Counters sum;
  for (const WorkerStatus& worker : view.workers) sum.merge(worker.counters);
  return sum;
}

void write_requests(const GatewayView& view, Writer& out) {
  std::map<Labels, CodeCounts> requests;
  for (const WorkerStatus& worker : view.workers) {
    for (const auto& [labels, codes] : worker.requests) requests[labels].merge(codes);
  }
  out.family("slardar_requests_total", "counter");
  for (const auto& [labels, codes] : requests) {
    for (const auto& entry : codes) {
      out.sample("slardar_requests_total",
                 {{"tenant", labels.tenant},
                  {"app", labels.app},
                  {"service", labels.service},
                  {"version", labels.version},
                  {"code", std::to_string(entry.code)}},
                 entry.count);
    }
  }
}

void write_durations(const Histogram& durations, Writer& out) {
  constexpr std::string_view kName = "slardar_request_duration_seconds";
  out.family(kName, "histogram");
  uint64_t total = 0;
  for (size_t i = 0; i < durations.counts().size(); ++i) {
    total += durations.counts()[i];
    const bool last = i == Histogram::kBoundsUs.size();
    const std::string bound =
        last ? "+Inf" : fmt::format("{:g}", static_cast<double>(Histogram::kBoundsUs[i]) / 1e6);
    out.sample(fmt::format("{}_bucket", kName), {{"le", bound}}, total);
  }
  out.sample(fmt::format("{}_sum", kName), {}, static_cast<double>(durations.sum_us()) / 1e6);
  out.sample(fmt::format("{}_count", kName), {}, total);
}

void write_peers(const GatewayView& view, Writer& out) {
  std::map<std::pair<std::string, std::string>, CodeCounts> peers;
  for (const WorkerStatus& worker : view.workers) {
    for (const PeerStatus& peer : worker.peers) peers[{peer.upstream, peer.name}].merge(peer.codes);
  }
  out.family("slardar_upstream_requests_total", "counter");
  for (const auto& [key, codes] : peers) {
    for (const auto& entry : codes) {
      out.sample("slardar_upstream_requests_total",
                 {{"upstream", key.first}, {"peer", key.second}, {"code", std::to_string(entry.code)}},
                 entry.count);
    }
  }
  out.family("slardar_peer_up", "gauge");
  for (const auto& [key, codes] : peers)
    out.sample("slardar_peer_up", {{"upstream", key.first}, {"peer", key.second}}, 1);
}

}  // namespace

std::string metrics_text(const GatewayView& view) {
  Writer out;
  const Counters sum = sum_of(view);
  uint64_t peer_connections = 0;
  for (const WorkerStatus& worker : view.workers) peer_connections += worker.peer_connections;

  write_requests(view, out);
  write_durations(sum.durations, out);
  out.family("slardar_bytes_total", "counter");
  out.sample("slardar_bytes_total", {{"direction", "in"}}, sum.bytes_in);
  out.sample("slardar_bytes_total", {{"direction", "out"}}, sum.bytes_out);
  out.single("slardar_in_flight", "gauge", sum.in_flight);
  out.family("slardar_errors_total", "counter");
  for (size_t i = 1; i < kFailures; ++i)
    out.sample("slardar_errors_total", {{"error", to_string(static_cast<Failure>(i))}}, sum.errors[i]);
  write_peers(view, out);
  out.single("slardar_retries_total", "counter", sum.retries);
  out.family("slardar_connections", "gauge");
  out.sample("slardar_connections", {{"side", "visitor"}}, sum.visitor_connections);
  out.sample("slardar_connections", {{"side", "peer"}}, peer_connections);
  out.single("slardar_registry_revision", "gauge", view.revision);
  out.single("slardar_registry_lag_seconds", "gauge", view.lag_seconds);
  out.single("slardar_snapshot_swaps_total", "counter", view.snapshot->number);
  out.single("slardar_bad_records", "gauge", view.snapshot->refused.size());
  return out.take();
}

}  // namespace hancock::slardar
