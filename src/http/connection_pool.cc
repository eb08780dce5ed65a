#include "http/connection_pool.h"

namespace hancock::http {
namespace {

constexpr Duration kSweepInterval = 1s;

}  // namespace

ConnectionPool::ConnectionPool(io::Loop& loop, size_t per_address_max)
    : loop_(loop), per_address_max_(per_address_max), sweep_timer_(loop, [this] { sweep(); }) {}

std::unique_ptr<io::Stream> ConnectionPool::take(const io::Address& peer) {
  const auto found = idle_.find(peer);
  if (found == idle_.end()) return nullptr;
  std::unique_ptr<io::Stream> taken;
  auto& waiting = found->second;
  while (!waiting.empty() && !taken) {
    Idle last = std::move(waiting.back());
    waiting.pop_back();
    --size_;
    if (last.until > loop_.now() && last.stream->quiet()) taken = std::move(last.stream);
  }
  if (waiting.empty()) idle_.erase(found);
  return taken;
}

void ConnectionPool::put(const io::Address& peer, std::unique_ptr<io::Stream> stream, Duration idle) {
  if (per_address_max_ == 0 || idle <= Duration::zero()) return;
  auto& waiting = idle_[peer];
  if (waiting.size() == per_address_max_) {
    waiting.pop_front();
    --size_;
  }
  waiting.push_back({std::move(stream), loop_.now() + idle});
  ++size_;
  if (!sweep_timer_.armed()) sweep_timer_.arm(loop_.now() + kSweepInterval);
}

void ConnectionPool::sweep() {
  const TimePoint now = loop_.now();
  for (auto entry = idle_.begin(); entry != idle_.end();) {
    size_ -= std::erase_if(entry->second, [now](const Idle& idle) {
      return idle.until <= now || idle.stream->descriptor().hung_up();
    });
    entry = entry->second.empty() ? idle_.erase(entry) : std::next(entry);
  }
  if (size_ > 0) sweep_timer_.arm(now + kSweepInterval);
}

}  // namespace hancock::http
