#include "slardar/http2/http2_pool.h"

#include <algorithm>

#include "slardar/upstream/peer.h"
#include "slardar/worker/worker_parts.h"

namespace hancock::slardar {

/// A place among those who wait; who leaves it lets the next one look.
class Http2Pool::Waiting {
 public:
  Waiting(Http2Pool& pool, Waiter& own) : pool_(pool), own_(own) { pool_.waiters_.push_back(&own_); }
  Waiting(const Waiting&) = delete;
  ~Waiting() {
    pool_.waiters_.remove(&own_);
    pool_.go_on();
  }

 private:
  Http2Pool& pool_;
  Waiter& own_;
};

io::Async<Result<Http2Client*>> Http2Pool::take(Duration connect, TimePoint deadline) {
  forget_over();
  if (Http2Client* const ready = waiters_.empty() ? with_room() : nullptr) co_return ready;
  connect_ = connect;
  Waiter waiter(worker_.loop);
  const Waiting waiting(*this, waiter);
  while (true) {
    go_on();
    const bool came = co_await waiter.wakeup.wait(deadline);
    if (waiter.error) co_return tl::unexpected(*waiter.error);
    forget_over();
    if (Http2Client* const ready = with_room()) co_return ready;
    if (!came && is_full()) co_return fail(ErrorCode::kTooLarge, "all connections to it are full");
    if (!came) co_return fail(ErrorCode::kTimeout, "no connection in time");
  }
}

Http2Client* Http2Pool::with_room() {
  for (const auto& client : clients_) {
    if (client->has_room()) return client.get();
  }
  return nullptr;
}

bool Http2Pool::is_full() const {
  const auto alive =
      std::count_if(clients_.begin(), clients_.end(), [](const auto& client) { return !client->is_over(); });
  return !connecting_ && static_cast<size_t>(alive) >= kConnectionsMax;
}

void Http2Pool::forget_over() {
  std::erase_if(clients_, [](const auto& client) { return client->is_over() && client->calls() == 0; });
}

void Http2Pool::go_on() {
  if (waiters_.empty()) return;
  if (with_room()) return waiters_.front()->wakeup.set();
  if (connecting_ || is_full()) return;
  ++peer_.connects;
  auto made = std::make_unique<Http2Client>(worker_.loop, worker_.buffers, peer_.address, peer_.tls,
                                            [this] { changed(); });
  connecting_ = clients_.emplace_back(std::move(made)).get();
  connecting_->connect(worker_.loop.now() + connect_);
}

// Nobody is destroyed from here: a connection calls it.
void Http2Pool::changed() {
  if (connecting_ && !connecting_->is_connecting()) {
    const Http2Client& made = *std::exchange(connecting_, nullptr);
    for (Waiter* waiter : waiters_) {
      if (!made.is_over()) break;
      waiter->error = made.error();
      waiter->wakeup.set();
    }
    if (made.is_over()) return;
  }
  go_on();
}

void Http2Pool::prune(TimePoint now) {
  forget_over();
  for (const auto& client : clients_) client->retire_if_idle(now);
}

void Http2Pool::retire() {
  for (const auto& client : clients_) client->retire();
}

}  // namespace hancock::slardar
