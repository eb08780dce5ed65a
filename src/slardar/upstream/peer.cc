#include "slardar/upstream/peer.h"

#include <algorithm>

#include "slardar/http2/http2_pool.h"

namespace hancock::slardar {
namespace {

bool is_dead(PeerConnection& connection, TimePoint now, IdlePool::Care care) {
  const io::Descriptor& descriptor = connection.stream->descriptor();
  if (now >= connection.idle_until || descriptor.hung_up() || descriptor.maybe_readable()) return true;
  return care == IdlePool::Care::kAsk && !connection.stream->quiet();
}

}  // namespace

void IdlePool::put(PeerConnection connection, TimePoint now, Duration keep) {
  if (idle_.size() == kIdleMax || keep <= Duration::zero()) return;
  io::Descriptor& descriptor = connection.stream->descriptor();
  if (descriptor.maybe_readable()) {  // the last read was not short: look whether there is more
    if (!connection.stream->quiet()) return;
    descriptor.set_drained();
  }
  connection.idle_until = now + keep;
  connection.reused = true;
  idle_.push_back(std::move(connection));
}

PeerConnection IdlePool::take(TimePoint now, Care care) {
  while (!idle_.empty()) {
    PeerConnection connection = std::move(idle_.back());
    idle_.pop_back();
    if (!is_dead(connection, now, care)) return connection;
  }
  return {};
}

void IdlePool::prune(TimePoint now) {
  std::erase_if(idle_, [&](PeerConnection& each) {
    return now >= each.idle_until || each.stream->descriptor().hung_up();
  });
}

Peer::Peer(io::Address where, std::string behind, PeerTlsPtr by_tls, PeerProtocol spoken)
    : address(std::move(where)),
      task(std::move(behind)),
      name(address.to_string()),
      tls(std::move(by_tls)),
      protocol(spoken) {}

Peer::~Peer() = default;

Http2Pool& Peer::http2_pool(WorkerParts& worker) {
  if (!http2) http2 = std::make_unique<Http2Pool>(worker, *this);
  return *http2;
}

void Peer::let_connections_go() {
  idle.clear();
  if (http2) http2->retire();
}

void Peer::close_connections() {
  idle.clear();
  http2.reset();
}

void Peer::prune(TimePoint now) {
  idle.prune(now);
  if (http2) http2->prune(now);
}

size_t Peer::connections() const { return http2 ? http2->size() : in_flight + idle.size(); }

}  // namespace hancock::slardar
