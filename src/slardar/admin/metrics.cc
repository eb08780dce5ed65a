// /metrics in Prometheus' text format; the names are fixed (docs/admin.md).
#include <fmt/format.h>

#include <array>
#include <map>

#include "base/prometheus.h"
#include "slardar/admin/gateway_view.h"

namespace hancock::slardar {
namespace {

Counters sum_of(const GatewayView& view) {
  Counters sum;
  for (const WorkerStatus& worker : view.workers) sum.merge(worker.counters);
  return sum;
}

void write_requests(const GatewayView& view, PrometheusText& out) {
  std::map<Labels, CodeCounts> requests;
  for (const WorkerStatus& worker : view.workers) {
    for (const auto& [labels, codes] : worker.requests) requests[labels].merge(codes);
  }
  out.family("slardar_requests_total", "counter", "Answers to visitors by status");
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

void write_durations(const Histogram& durations, PrometheusText& out) {
  std::array<double, Histogram::kBoundsUs.size()> bounds_s{};
  for (size_t i = 0; i < bounds_s.size(); ++i)
    bounds_s[i] = static_cast<double>(Histogram::kBoundsUs[i]) / 1e6;
  out.histogram("slardar_request_duration_seconds", "Duration of visitors' requests", bounds_s,
                durations.counts(), static_cast<double>(durations.sum_us()) / 1e6);
}

void write_peers(const GatewayView& view, PrometheusText& out) {
  std::map<std::pair<std::string, std::string>, CodeCounts> peers;
  for (const WorkerStatus& worker : view.workers) {
    for (const PeerStatus& peer : worker.peers) peers[{peer.upstream, peer.name}].merge(peer.codes);
  }
  out.family("slardar_upstream_requests_total", "counter", "Answers of peers by status");
  for (const auto& [key, codes] : peers) {
    for (const auto& entry : codes) {
      out.sample("slardar_upstream_requests_total",
                 {{"upstream", key.first}, {"peer", key.second}, {"code", std::to_string(entry.code)}},
                 entry.count);
    }
  }
}

// An address that stands at several levels is one.
void write_peers_up(const GatewayView& view, PrometheusText& out) {
  std::map<std::pair<std::string, std::string>, bool> up;
  for (const UpstreamPtr& upstream : view.snapshot->upstreams) {
    if (!upstream) continue;
    for (size_t i = 0; i < upstream->levels.size(); ++i) {
      const std::vector<Server>& servers = upstream->levels[i].servers;
      for (size_t place = 0; place < servers.size(); ++place) {
        const PeerHealth& health = *upstream->health->levels[i][place];
        up[{upstream->name, servers[place].address.to_string()}] |= health.is_usable(view.moment);
      }
    }
  }
  out.family("slardar_peer_up", "gauge", "1 as long as neither checks nor failed requests take the peer out");
  for (const auto& [peer, is_up] : up)
    out.sample("slardar_peer_up", {{"upstream", peer.first}, {"peer", peer.second}}, is_up ? 1 : 0);
}

void write_scripts(const GatewayView& view, PrometheusText& out) {
  std::map<std::string, uint64_t> errors = view.check_script_errors;
  for (const WorkerStatus& worker : view.workers) {
    for (const auto& [script, count] : worker.script_errors) errors[script] += count;
  }
  out.family("slardar_lua_errors_total", "counter", "Times that hot code has failed");
  for (const auto& [script, count] : errors)
    out.sample("slardar_lua_errors_total", {{"script", script}}, count);
  out.family("slardar_lua_count", "gauge", "What hot code has counted by slardar.count");
  for (const auto& [script, entry] : view.snapshot->lua->entries()) {
    for (const auto& [name, value] : entry.counters->values())
      out.sample("slardar_lua_count", {{"script", script}, {"name", name}}, value);
  }
}

}  // namespace

std::string metrics_text(const GatewayView& view) {
  PrometheusText out;
  const Counters sum = sum_of(view);
  uint64_t peer_connections = 0;
  for (const WorkerStatus& worker : view.workers) peer_connections += worker.peer_connections;

  write_requests(view, out);
  write_durations(sum.durations, out);
  out.family("slardar_bytes_total", "counter", "Bytes from (in) and to (out) visitors");
  out.sample("slardar_bytes_total", {{"direction", "in"}}, sum.bytes_in);
  out.sample("slardar_bytes_total", {{"direction", "out"}}, sum.bytes_out);
  out.single("slardar_in_flight", "gauge", "Requests and streams in flight", sum.in_flight);
  out.family("slardar_errors_total", "counter", "Errors of the gateway's own by X-Slardar-Error");
  for (size_t i = 1; i < kFailures; ++i)
    out.sample("slardar_errors_total", {{"error", to_string(static_cast<Failure>(i))}}, sum.errors[i]);
  write_peers(view, out);
  write_peers_up(view, out);
  out.single("slardar_retries_total", "counter", "Tries beyond a request's first", sum.retries);
  out.single("slardar_ejections_total", "counter",
             "Peers that got nothing for a while, having failed in a row", sum.ejections);
  write_scripts(view, out);
  out.single("slardar_log_dropped_total", "counter", "Lines of the access log that were not written",
             view.log_dropped);
  out.family("slardar_connections", "gauge", "Open connections to visitors and to peers");
  out.sample("slardar_connections", {{"side", "visitor"}}, sum.visitor_connections);
  out.sample("slardar_connections", {{"side", "peer"}}, peer_connections);
  out.single("slardar_connections_turned_away_total", "counter", "Visitors' connections past the limit",
             sum.turned_away);
  out.family("slardar_tls_handshakes_total", "counter", "TLS handshakes of visitors");
  out.sample("slardar_tls_handshakes_total", {{"result", "full"}}, sum.tls_full);
  out.sample("slardar_tls_handshakes_total", {{"result", "resumed"}}, sum.tls_resumed);
  out.sample("slardar_tls_handshakes_total", {{"result", "failed"}}, sum.tls_failed);
  out.single("slardar_http2_requests_total", "counter", "Requests that came in HTTP/2", sum.http2_requests);
  out.family("slardar_http2_refused_total", "counter",
             "HTTP/2 connections ended for what they did too much of");
  for (size_t i = 0; i < Http2Guard::kEvents; ++i) {
    out.sample("slardar_http2_refused_total", {{"reason", to_string(static_cast<Http2Guard::Event>(i))}},
               sum.http2_refused[i]);
  }
  out.single("slardar_registry_revision", "gauge", "Revision that the Registry was read up to",
             view.revision);
  out.single("slardar_registry_lag_seconds", "gauge", "Time since something of the Registry was heard",
             view.lag_seconds);
  out.single("slardar_snapshot_swaps_total", "counter", "Snapshots that were published to the workers",
             view.snapshot->number);
  out.single("slardar_snapshot_save_failures_total", "counter", "Saves of the snapshot on disk that failed",
             view.failed_saves);
  out.single("slardar_bad_records", "gauge", "Records of the Registry that are refused",
             view.snapshot->refused.size());
  return out.take();
}

}  // namespace hancock::slardar
