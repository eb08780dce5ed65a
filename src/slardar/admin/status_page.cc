#include "slardar/admin/status_page.h"

#include <fmt/format.h>
#include <openssl/sha.h>

#include <algorithm>

#include "base/encoding.h"
#include "base/percent.h"
#include "slardar/admin/html.h"
#include "slardar/admin/status_assets.h"
#include "slardar/config/config.h"

namespace hancock::slardar {
namespace {

using Seconds = std::chrono::duration<double>;
constexpr size_t kRefusedShownMax = 20;

std::string_view style_of(Condition condition) {
  constexpr std::string_view kStyles[] = {"good", "rest", "rest", "warn", "bad"};
  return kStyles[static_cast<size_t>(condition)];
}

/// What a Content-Security-Policy calls a text that stands in the page (CSP Level 3, section 2.3.1).
std::string source_of(std::string_view text) {
  std::string hash(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(),
         reinterpret_cast<unsigned char*>(hash.data()));
  return fmt::format("'sha256-{}'", base64_encode(hash));
}

std::string badge(std::string_view style, std::string_view text) {
  return fmt::format("<span class=\"state {}\">{}</span>", style, html_escaped(text));
}

/// "12 s", "5 min", "3 h", "2 d"
std::string about(Seconds span) {
  const double seconds = std::max(span.count(), 0.0);
  if (seconds < 90) return fmt::format("{:.0f} s", seconds);
  if (seconds < 90 * 60) return fmt::format("{:.0f} min", seconds / 60);
  if (seconds < 36 * 3600) return fmt::format("{:.0f} h", seconds / 3600);
  return fmt::format("{:.0f} d", seconds / 86'400);
}

/// In one word.
std::string_view state_word(const ServerReport& server) {
  if (server.is_draining) return "draining";
  if (server.check.verdict == Verdict::kErr) return to_string(Verdict::kErr);
  if (server.out_for > Duration(0) || server.resting_in > 0) return passive_state_of(server);
  return to_string(server.check.verdict);
}

std::string_view state_word(const UpstreamReport& upstream) {
  constexpr std::string_view kWords[] = {"good", "unchecked", "draining", "unstable", "degraded"};
  return upstream.usable() == 0 ? "down" : kWords[static_cast<size_t>(condition_of(upstream))];
}

/// Why it is as it is, and what else is to be known of it.
std::string remark_on(const ServerReport& server) {
  std::string text;
  const auto say = [&](const std::string& part) { text += (text.empty() ? "" : "; ") + part; };
  if (!server.check.msg.empty()) say(server.check.msg);
  if (server.check.fail_num > 0) say(fmt::format("{} failed checks", server.check.fail_num));
  if (server.out_for > Duration(0)) say("out for " + about(server.out_for));
  if (server.resting_in > 0) say(fmt::format("rests in {} workers", server.resting_in));
  if (server.recent_failures > 0)
    say(fmt::format("{} of {} failures within {}", server.recent_failures, server.passive.max_fails,
                    about(server.passive.fail_timeout)));
  const bool is_ill = server.out_for > Duration(0) || server.resting_in > 0 || server.recent_failures > 0;
  if (is_ill && !server.last_failure.empty()) say(server.last_failure);
  if (server.share_percent < 100) say(fmt::format("starts slowly, with {} %", server.share_percent));
  if (!server.check.facts.redis_version.empty()) say("redis " + server.check.facts.redis_version);
  const auto role = server.check.facts.replication.find("role");
  if (role != server.check.facts.replication.end()) say(role->second);
  return text;
}

class PageWriter {
 public:
  PageWriter(const GatewayView& view, std::vector<UpstreamReport> upstreams)
      : view_(view), upstreams_(std::move(upstreams)) {
    const auto rank = [](const UpstreamReport& each) {
      return std::pair(each.usable() == 0, condition_of(each));
    };
    std::stable_sort(upstreams_.begin(), upstreams_.end(), [&](const auto& a, const auto& b) {
      return rank(a) != rank(b) ? rank(a) > rank(b) : a.name < b.name;
    });
  }

  std::string take() { return std::move(out_); }

  void write(const StatusPart& part) {
    const std::string id = html_escaped(view_.id);
    add("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<title>{}slardar {}</title>\n<style>{}</style>\n</head>\n<body>\n",
        trouble(), id, kStatusStyle);
    add("<header class=\"top\"><h1><a href=\"/status\">slardar</a> {}</h1>"
        "<span id=\"age\">{}{}, version {}</span>"
        "<input id=\"filter\" type=\"search\" placeholder=\"Upstreams named …\" aria-label=\"Upstreams "
        "named\">"
        "</header>\n<main>\n",
        id, view_.site.empty() ? "" : html_escaped(view_.site) + ", ", local_time(view_.now), kVersion);
    write_facts();
    write_refused();
    write_upstreams(part);
    add("</main>\n<script>{}</script>\n</body>\n</html>\n", kStatusScript);
  }

 private:
  template <class... Args>
  void add(fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(std::back_inserter(out_), format, std::forward<Args>(args)...);
  }
  Seconds since(WallTime when) const { return view_.now - when; }

  /// What a tab shows of it.
  std::string trouble() const {
    const auto down = std::count_if(upstreams_.begin(), upstreams_.end(),
                                    [](const UpstreamReport& each) { return each.usable() == 0; });
    return down == 0 ? "" : fmt::format("({} down) ", down);
  }

  void write_fact(std::string_view name, std::string_view html) {
    add("<div><dt>{}</dt><dd>{}</dd></div>\n", name, html);
  }

  /// At a glance: what this gateway does, and how current that which it serves is.
  void write_facts() {
    size_t servers = 0;
    size_t usable = 0;
    for (const UpstreamReport& each : upstreams_) {
      servers += each.servers();
      usable += each.usable();
    }
    uint64_t in_flight = 0;
    for (const WorkerStatus& each : view_.workers) in_flight += each.counters.in_flight;
    const bool all_work = view_.workers.size() == view_.workers_wanted;
    out_ += "<dl>\n";
    write_fact("Gateway", gateway_html());
    write_fact("Upstreams", std::to_string(upstreams_.size()));
    write_fact("Usable servers", fmt::format("{} of {}", usable, servers));
    write_fact("In flight", std::to_string(in_flight));
    write_fact("Workers", fmt::format("{} of {} {}", view_.workers.size(), view_.workers_wanted,
                                      badge(all_work ? "good" : "bad", all_work ? "alive" : "dead")));
    write_fact("Registry", fmt::format("{} {}", view_.revision,
                                       badge(view_.in_touch ? "good" : "bad",
                                             view_.in_touch ? "in touch" : "out of touch")));
    write_fact("Registry lag", fmt::format("{:.1f} s", view_.lag_seconds));
    const bool checked = view_.checks.last != WallTime();
    write_fact("Last check", checked ? about(since(view_.checks.last)) + " ago" : "none yet");
    write_fact("Changes applied", std::to_string(view_.snapshot->number));
    write_fact("Up for", about(since(view_.started)));
    out_ += "</dl>\n";
  }

  std::string gateway_html() const {
    std::string html = view_.draining ? badge("warn", "draining")
                       : view_.ready  ? badge("good", "ready")
                                      : badge("bad", "not ready");
    if (view_.from_disk) html += " " + badge("warn", "from disk");
    return html;
  }

  void write_refused() {
    const Refusals& refused = view_.snapshot->refused;
    const std::string error = view_.in_touch ? "" : view_.last_error;
    if (refused.empty() && error.empty()) return;
    add("<section>\n<header>{}<h2>Not as written</h2></header>\n<p>{}</p>\n<table><tbody>\n",
        badge("bad", "trouble"), html_escaped(error));
    size_t shown = 0;
    for (const auto& [key, why] : refused) {
      if (++shown > kRefusedShownMax) break;
      add("<tr><td>{}</td><td class=\"wide\">{}</td></tr>\n", html_escaped(key), html_escaped(why));
    }
    out_ += "</tbody></table>\n";
    if (refused.size() > kRefusedShownMax) add("<p>and {} more</p>\n", refused.size() - kRefusedShownMax);
    out_ += "</section>\n";
  }

  void write_upstreams(const StatusPart& part) {
    size_t upstreams = 0;
    size_t servers = 0;
    for (const UpstreamReport& each : upstreams_) {
      if (!part.upstream.empty() && each.name != part.upstream) continue;
      ++upstreams;
      servers += each.servers();
      write_upstream(each, !part.upstream.empty() || servers <= part.servers_max);
    }
    if (upstreams > 0) return;
    add("<section><p>There is no upstream{}.</p></section>\n", part.upstream.empty() ? "" : " of that name");
  }

  void write_upstream(const UpstreamReport& upstream, bool whole) {
    const std::string name = html_escaped(upstream.name);
    add("<section data-name=\"{}\">\n<header>{}<h2><a href=\"/status?upstream={}\">{}</a></h2>", name,
        badge(style_of(condition_of(upstream)), state_word(upstream)), percent_encode(upstream.name), name);
    add("<p>{} of {} usable{}{}</p></header>\n", upstream.usable(), upstream.servers(),
        upstream.balance.empty() ? "" : ", ", html_escaped(upstream.balance));
    for (const Unresolved& each : upstream.unresolved) add("<p>{}</p>\n", html_escaped(each.why));
    for (size_t i = 0; whole && i < upstream.levels.size(); ++i) {
      const LevelReport& level = upstream.levels[i];
      if (upstream.named) add("<h3>{}</h3>\n", html_escaped(level.name));
      if (!upstream.named && upstream.levels.size() > 1) add("<h3>Level {}</h3>\n", i + 1);
      write_servers(level.servers);
    }
    out_ += "</section>\n";
  }

  void write_servers(std::vector<ServerReport> servers) {
    if (servers.empty()) return;
    std::stable_sort(servers.begin(), servers.end(), [](const ServerReport& a, const ServerReport& b) {
      return condition_of(a) > condition_of(b);
    });
    out_ +=
        "<table><thead><tr><th>State</th><th>Server</th><th class=\"number\">Weight</th>"
        "<th class=\"number\">In flight</th><th class=\"number\">Tries</th><th class=\"number\">Failed</th>"
        "<th class=\"number\">Latency</th><th class=\"number\">Changed</th><th></th></tr></thead><tbody>\n";
    for (const ServerReport& each : servers) write_server(each);
    out_ += "</tbody></table>\n";
  }

  void write_number(std::string_view label, std::string_view html) {
    add("<td class=\"number\" data-label=\"{}\">{}</td>", label, html);
  }

  void write_server(const ServerReport& server) {
    add("<tr><td>{}</td>", badge(style_of(condition_of(server)), state_word(server)));
    add("<td class=\"name\">{}{}</td>", html_escaped(fmt::format("{}:{}", server.host, server.port)),
        server.task.empty() ? "" : "<small>" + html_escaped(server.task) + "</small>");
    write_number("Weight", std::to_string(server.weight));
    write_number("In flight", std::to_string(server.in_flight));
    write_number("Tries", std::to_string(server.tries));
    write_number("Failed", std::to_string(server.failures));
    write_number("Latency", server.latency_ms ? fmt::format("{:.1f} ms", *server.latency_ms) : "");
    write_number("Changed", fmt::format("<span title=\"{}\">{} ago</span>", local_time(server.check.modified),
                                        about(since(server.check.modified))));
    add("<td class=\"wide\">{}</td></tr>\n", html_escaped(remark_on(server)));
  }

  const GatewayView& view_;
  std::vector<UpstreamReport> upstreams_;
  std::string out_;
};

}  // namespace

std::string status_page(const GatewayView& view, const StatusPart& part) {
  PageWriter writer(view, status_report(view));
  writer.write(part);
  return writer.take();
}

const std::string& status_page_policy() {
  static const std::string policy = fmt::format(
      "default-src 'none'; style-src {}; script-src {}; connect-src 'self'; base-uri 'none'; form-action "
      "'none'; "
      "frame-ancestors 'none'",
      source_of(kStatusStyle), source_of(kStatusScript));
  return policy;
}

bool wants_html(const http::Headers& headers) {
  const std::string_view accept = headers.get("Accept").value_or("");
  const size_t html = accept.find("text/html");
  return html != std::string_view::npos && html < accept.find("application/json");
}

}  // namespace hancock::slardar
