#include "slardar/tcp/listeners.h"

#include <fcntl.h>

#include "base/log.h"

namespace hancock::slardar {
namespace {

constexpr Duration kPause = 50ms;

}  // namespace

Result<std::unique_ptr<AcceptLoop>> AcceptLoop::listen(io::Loop& loop, const io::Address& address,
                                                       Accepted accepted) {
  std::unique_ptr<AcceptLoop> made(new AcceptLoop(loop, address, std::move(accepted)));
  auto opened = made->open();
  if (!opened) return forward_error(opened);
  made->start();
  return made;
}

std::unique_ptr<AcceptLoop> AcceptLoop::adopt(io::Loop& loop, std::vector<UniqueFd> sockets,
                                              Accepted accepted) {
  io::Address address = io::Address::of_socket(sockets.front().get(), ::getsockname);
  std::unique_ptr<AcceptLoop> made(new AcceptLoop(loop, std::move(address), std::move(accepted)));
  for (UniqueFd& each : sockets)
    made->listeners_.push_back(std::make_unique<io::Listener>(loop, std::move(each), made->address_));
  made->start();
  return made;
}

Result<void> AcceptLoop::open() {
  auto listener = io::Listener::listen(loop_, address_, io::PortSharing::kReusePort);
  if (!listener) return forward_error(listener);
  address_ = (*listener)->address();
  listeners_.push_back(std::move(*listener));
  return {};
}

void AcceptLoop::start() {
  for (const auto& each : listeners_) task_.spawn(run(*each));
}

void AcceptLoop::take_waiting() {
  for (const auto& each : listeners_) {
    while (auto stream = each->accept_waiting()) accepted_(std::move(stream));
  }
}

void AcceptLoop::close() {
  take_waiting();
  task_.cancel();
  listeners_.clear();
}

Result<void> AcceptLoop::resume() {
  if (task_.running() > 0) return {};
  if (listeners_.empty()) {
    auto opened = open();
    if (!opened) return opened;
  }
  start();
  return {};
}

std::vector<int> AcceptLoop::descriptors() const {
  std::vector<int> all;
  for (const auto& each : listeners_) all.push_back(each->fd());
  return all;
}

io::Async<void> AcceptLoop::run(io::Listener& listener) {
  while (true) {
    auto stream = co_await listener.accept();
    if (!stream) {  // accept(2): what is wrong with one connection, or passes
      log::warn("listen", "{}", stream.error().message);
      co_await loop_.sleep_for(kPause);
      continue;
    }
    accepted_(std::move(*stream));
  }
}

Result<io::Address> Listeners::open(const io::Address& address, Accepted accepted) {
  auto listening = accept_at(address, std::move(accepted));
  if (!listening) return forward_error(listening);
  fixed_.push_back(std::move(*listening));
  return fixed_.back()->address();
}

std::map<uint16_t, std::string> Listeners::open_ports(const std::set<uint16_t>& ports,
                                                      const PortServer& server) {
  std::map<uint16_t, std::string> failed;
  std::erase_if(ports_, [&](const auto& open) { return !ports.contains(open.first); });
  for (const uint16_t port : ports) {
    if (ports_.contains(port)) continue;
    auto listening = accept_at(*io::Address::of(port_ip_, port), server(port));
    if (listening) {
      ports_[port] = std::move(*listening);
    } else {
      failed[port] = listening.error().message;
    }
  }
  return failed;
}

Result<std::unique_ptr<AcceptLoop>> Listeners::accept_at(const io::Address& address, Accepted accepted) {
  std::vector<UniqueFd> sockets;
  const auto [first, last] = inherited_.equal_range(address.to_string());
  for (auto one = first; one != last; ++one) sockets.push_back(std::move(one->second));
  inherited_.erase(first, last);
  if (sockets.empty()) return AcceptLoop::listen(loop_, address, std::move(accepted));
  return AcceptLoop::adopt(loop_, std::move(sockets), std::move(accepted));
}

Sockets Listeners::copies() const {
  Sockets all;
  each([&](const AcceptLoop& from) {
    for (const int fd : from.descriptors())
      all.emplace(from.address().to_string(), UniqueFd(::fcntl(fd, F_DUPFD_CLOEXEC, 0)));
  });
  return all;
}

void Listeners::pause(const std::set<std::string>& elsewhere) {
  each([&](AcceptLoop& one) {
    if (elsewhere.contains(one.address().to_string())) {
      one.pause();
    } else {
      one.close();
    }
  });
}

void Listeners::resume() {
  each([](AcceptLoop& one) {
    const auto done = one.resume();
    if (!done) log::error("listen", "{}", done.error().message);
  });
}

void Listeners::close() {
  fixed_.clear();
  ports_.clear();
  inherited_.clear();
}

}  // namespace hancock::slardar
