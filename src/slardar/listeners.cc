#include "slardar/listeners.h"

#include "base/log.h"

namespace hancock::slardar {
namespace {

constexpr Duration kPause = 50ms;

}  // namespace

AcceptLoop::AcceptLoop(io::Loop& loop, std::unique_ptr<io::Listener> listener, Accepted accepted)
    : loop_(loop), listener_(std::move(listener)), accepted_(std::move(accepted)) {
  task_.spawn(run());
}

Result<std::unique_ptr<AcceptLoop>> AcceptLoop::listen(io::Loop& loop, io::Address address,
                                                       Accepted accepted) {
  auto listener = io::Listener::listen(loop, std::move(address), io::PortSharing::kReusePort);
  if (!listener) return forward_error(listener);
  return std::make_unique<AcceptLoop>(loop, std::move(*listener), std::move(accepted));
}

void AcceptLoop::take_waiting() {
  while (auto stream = listener_->accept_waiting()) accepted_(std::move(stream));
}

io::Async<void> AcceptLoop::run() {
  while (true) {
    auto stream = co_await listener_->accept();
    if (!stream) {  // accept(2): what is wrong with one connection, or passes
      log::warn("listen", "{}", stream.error().message);
      co_await loop_.sleep_for(kPause);
      continue;
    }
    accepted_(std::move(*stream));
  }
}

}  // namespace hancock::slardar
