#include "slardar/listeners.h"

#include "base/log.h"

namespace hancock::slardar {

AcceptLoop::AcceptLoop(std::unique_ptr<io::Listener> listener, Accepted accepted)
    : listener_(std::move(listener)), accepted_(std::move(accepted)) {
  task_.spawn(run());
}

Result<std::unique_ptr<AcceptLoop>> AcceptLoop::listen(io::Loop& loop, io::Address address,
                                                       Accepted accepted) {
  auto listener = io::Listener::listen(loop, std::move(address), io::PortSharing::kReusePort);
  if (!listener) return forward_error(listener);
  return std::make_unique<AcceptLoop>(std::move(*listener), std::move(accepted));
}

io::Async<void> AcceptLoop::run() {
  while (true) {
    auto stream = co_await listener_->accept();
    if (!stream) {
      log::error("listen", "{}", stream.error().message);
      co_return;
    }
    accepted_(std::move(*stream));
  }
}

}  // namespace hancock::slardar
