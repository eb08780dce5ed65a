#include "agent/prober.h"

#include <algorithm>

#include "io/tcp.h"

namespace hancock::agent {
namespace {

/// Where a port of the Task is reached from the Node itself.
Result<io::Address> address_of(const Pod& pod, const std::string& port_name) {
  for (const PublishedPort& port : pod.ports) {
    if (port.name == port_name) return io::Address::of(pod.address, port.port);
  }
  return fail(ErrorCode::kInvalid, "the Service has no port \"{}\"", port_name);
}

/// Empty: as docs/spec.md says, 200 to 399.
bool is_healthy(const model::ProbeSpec::Http& probe, int status) {
  if (probe.statuses().empty()) return status >= 200 && status <= 399;
  return std::any_of(probe.statuses().begin(), probe.statuses().end(), [&](const auto& range) {
    return status >= static_cast<int>(range.first()) && status <= static_cast<int>(range.last());
  });
}

ProbeAnswer failed(std::string message) { return {false, std::move(message)}; }

}  // namespace

io::Async<ProbeAnswer> Prober::ask(model::ProbeSpec probe, std::string tenant, Pod pod, Duration timeout) {
  const TimePoint deadline = runtime_.loop().now() + timeout;
  switch (probe.kind_case()) {
    case model::ProbeSpec::kHttp:
      co_return co_await ask_http(probe.http(), std::move(pod), deadline);
    case model::ProbeSpec::kTcp:
      co_return co_await ask_tcp(probe.tcp(), std::move(pod), deadline);
    case model::ProbeSpec::kExec:
      co_return co_await ask_exec(probe.exec(), std::move(tenant), std::move(pod), deadline);
    case model::ProbeSpec::KIND_NOT_SET:
      break;
  }
  co_return ProbeAnswer{true, {}};
}

io::Async<ProbeAnswer> Prober::ask_http(model::ProbeSpec::Http probe, Pod pod, TimePoint deadline) {
  const std::string path = probe.path().empty() ? "/" : probe.path();
  const std::string what = "GET " + path + " on port " + probe.port() + ": ";
  const auto address = address_of(pod, probe.port());
  if (!address) co_return failed(address.error().message);
  http::RequestHead head;
  head.method = "GET";
  head.target = path;
  head.headers.add("User-Agent", "hancock-agent");
  head.headers.add("Connection", "close");
  auto call = co_await client_.open(*address, head, deadline);
  if (!call) co_return failed(what + call.error().message);
  if (auto sent = co_await (*call)->finish(deadline); !sent) co_return failed(what + sent.error().message);
  auto answer = co_await (*call)->response(deadline);
  if (!answer) co_return failed(what + answer.error().message);
  if (!is_healthy(probe, (*answer)->status))
    co_return failed(what + fmt::format("status {}", (*answer)->status));
  co_return ProbeAnswer{true, {}};
}

io::Async<ProbeAnswer> Prober::ask_tcp(model::ProbeSpec::Tcp probe, Pod pod, TimePoint deadline) {
  const std::string what = "port " + probe.port() + ": ";
  const auto address = address_of(pod, probe.port());
  if (!address) co_return failed(address.error().message);
  auto stream = co_await io::connect(runtime_.loop(), *address, deadline);
  if (!stream) co_return failed(what + stream.error().message);
  co_return ProbeAnswer{true, {}};
}

io::Async<ProbeAnswer> Prober::ask_exec(model::ProbeSpec::Exec probe, std::string tenant, Pod pod,
                                        TimePoint deadline) {
  std::vector<std::string> command(probe.command().begin(), probe.command().end());
  auto done = co_await commands_.run(std::move(command), std::move(tenant), pod.container,
                                     deadline - runtime_.loop().now(), deadline);
  if (!done) co_return failed(done.error().message);
  co_return ProbeAnswer{true, {}};
}

}  // namespace hancock::agent
