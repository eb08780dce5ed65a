#include "slardar/http/https_connection.h"

#include <algorithm>

#include "base/log.h"
#include "slardar/http/linger.h"
#include "slardar/http2/http2_connection.h"

namespace hancock::slardar {
namespace {

constexpr Duration kHandshake = 10s;
constexpr std::string_view kSpeakTls =
    "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: 33\r\n"
    "X-Slardar-Error: bad_request\r\nConnection: close\r\n\r\nthis port is for https, not http\n";

io::Async<void> serve_http1(WorkerParts& worker, std::unique_ptr<io::TlsStream> stream,
                            ServedConnections& all) {
  const io::TlsStream* const tls = stream.get();
  co_await serve_http(worker, std::move(stream), all, tls);
}

io::Async<void> serve_h2(WorkerParts& worker, std::unique_ptr<io::TlsStream> stream, ServedConnections& all) {
  const io::TlsStream* const tls = stream.get();
  BufferPool::Borrowed none = BufferPool::none();
  co_await serve_http2(worker, std::move(stream), all, std::move(none), tls);
}

io::Async<void> ask_for_tls(WorkerParts& worker, io::Stream& stream) {
  const TimePoint deadline = worker.loop.now() + Timeouts::kLinger;
  auto sent = co_await stream.send(kSpeakTls, deadline);
  if (!sent) co_return;
  ++worker.counters.errors[static_cast<size_t>(Failure::kBadRequest)];
  co_await end_and_read_out(worker, stream, deadline);
}

/// nullptr: it came to nothing.
io::Async<std::unique_ptr<io::TlsStream>> shake_hands(WorkerParts& worker,
                                                      std::unique_ptr<io::SocketStream> stream) {
  const CountedVisitor counted(worker.counters);
  auto tls = std::make_unique<io::TlsStream>(*worker.tls, std::move(stream));
  auto done = co_await tls->handshake(worker.loop.now() + kHandshake);
  if (done) {
    ++(tls->resumed() ? worker.counters.tls_resumed : worker.counters.tls_full);
    co_return tls;
  }
  ++worker.counters.tls_failed;
  log::debug("https", "{}", done.error().message);
  if (tls->met_plain_http()) {
    auto plain = tls->take_socket();
    co_await ask_for_tls(worker, *plain);
  }
  std::unique_ptr<io::TlsStream> none;
  co_return none;
}

}  // namespace

const std::vector<Application>& applications() {
  static const std::vector<Application> all{{"h2", serve_h2}, {"http/1.1", serve_http1}};
  return all;
}

std::vector<std::string> application_names() {
  std::vector<std::string> names;
  for (const Application& each : applications()) names.emplace_back(each.name);
  return names;
}

io::Async<void> serve_https(WorkerParts& worker, std::unique_ptr<io::SocketStream> stream,
                            ServedConnections& all) {
  auto tls = co_await shake_hands(worker, std::move(stream));
  if (!tls) co_return;
  const auto agreed = std::find_if(applications().begin(), applications().end(),
                                   [&](const Application& each) { return each.name == tls->protocol(); });
  const Application& chosen = agreed == applications().end() ? applications().back() : *agreed;
  co_await chosen.serve(worker, std::move(tls), all);
}

io::CertificatePtr choose_certificate(const Snapshot& snapshot, std::string_view name) {
  if (const auto route = name.empty() ? std::nullopt : snapshot.http->find(name, "/")) {
    const std::string& named = snapshot.routes[*route]->tls;
    if (!named.empty()) {
      if (auto certificate = snapshot.certificates->of_record(named)) return certificate;
    }
  }
  return snapshot.certificates->find(name);
}

bool is_misdirected(const io::TlsStream& tls, std::string_view host) {
  std::string_view name = without_port(host);
  if (name.ends_with('.')) name.remove_suffix(1);
  if (tls.server_name().empty() || name.empty() || to_lower(name) == tls.server_name()) return false;
  // None is chosen for one who goes on with a ticket by a name that has no certificate any more.
  return !tls.certificate() || !tls.certificate()->covers(name);
}

}  // namespace hancock::slardar
