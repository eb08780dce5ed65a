#include "slardar/peer.h"

#include <algorithm>

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

}  // namespace hancock::slardar
