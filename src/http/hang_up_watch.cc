#include "http/hang_up_watch.h"

namespace hancock::http {

HangUpWatch::HangUpWatch(io::Stream& stream)
    : stream_(stream), timer_(stream.loop(), [this] {
        // A callback may end the exchange, and this object with it (docs/traps.md).
        std::stop_source source = source_;
        source.request_stop();
      }) {}

void HangUpWatch::start() {
  if (watching_) return;
  watching_.emplace(watch());
  auto awaiter = watching_->operator co_await();
  awaiter.await_suspend(std::noop_coroutine());
}

io::Async<void> HangUpWatch::watch() {
  while (!stream_.descriptor().hung_up()) {
    auto ready = co_await stream_.descriptor().ready(io::Direction::kRead);
    if (!ready) co_return;
  }
  stop_soon();
}

}  // namespace hancock::http
