#include "slardar/upgrade/succession.h"

#include "base/log.h"

namespace hancock::slardar {
namespace {

constexpr Duration kLoadWait = 2min;  // more than a successor gives itself
constexpr Duration kStepWait = 2min;  // while all of a successor's workers listen
constexpr Duration kFarewellWait = 1s;

}  // namespace

Result<void> Succession::listen(const io::Address& admin) {
  auto listener = io::MessageListener::listen(loop_, handover_name(admin));
  if (!listener) return forward_error(listener);
  listener_ = std::move(*listener);
  running_.spawn(run());
  return {};
}

void Succession::adopt(UniqueFd listening) {
  listener_ = std::make_unique<io::MessageListener>(loop_, std::move(listening));
  running_.spawn(run());
}

void Succession::close() {
  running_.cancel();
  listener_.reset();
}

io::Async<void> Succession::run() {
  while (true) {
    auto socket = co_await listener_->accept();
    const pid_t pid = socket->peer();
    log::info("handover", "process {} wants to take over", pid);
    co_await lead(*socket);
    if (succeeded()) {
      log::info("handover", "process {} has gone", pid);
    } else {
      log::info("handover", "process {} does not take over", pid);
      HandoverStep farewell(HandoverStep::Kind::kServesOn);
      (void)co_await socket->send(encode(farewell), loop_.now() + kFarewellWait);  // if it is there
    }
    taken_.clear();
    callbacks_.given_up();
    if (std::exchange(successor_, 0) != 0) callbacks_.changed();
  }
}

io::Async<void> Succession::lead(io::MessageSocket& socket) {
  auto greeted = co_await socket.send(encode(callbacks_.greeting()), loop_.now() + kStepWait);
  if (!greeted) co_return;
  auto answer = co_await socket.receive(loop_.now() + kLoadWait);
  if (!answer) co_return;
  const auto step = decode_step(answer->text);
  if (!step || step->kind != HandoverStep::Kind::kReady) co_return;
  const bool given = co_await give_sockets(socket);
  if (!given) co_return;
  const bool serves = co_await hear_that_it_serves(socket);
  if (!serves) co_return;
  successor_ = socket.peer();
  callbacks_.changed();
  (void)co_await socket.receive(kForever);  // its end
}

io::Async<bool> Succession::give_sockets(io::MessageSocket& socket) {
  auto collecting = callbacks_.sockets();
  const Sockets all = co_await std::move(collecting);
  auto next = all.begin();
  while (true) {
    HandoverStep some(HandoverStep::Kind::kSockets);
    std::vector<int> descriptors;
    for (; next != all.end() && descriptors.size() < HandoverStep::kAddressesMax; ++next) {
      some.addresses.push_back(next->first);
      descriptors.push_back(next->second.get());
    }
    const bool last = descriptors.empty();
    auto sent = co_await socket.send(encode(some), descriptors, loop_.now() + kStepWait);
    if (!sent || last) co_return sent.has_value();
  }
}

io::Async<bool> Succession::hear_that_it_serves(io::MessageSocket& socket) {
  while (true) {
    auto message = co_await socket.receive(loop_.now() + kStepWait);
    if (!message) co_return false;
    auto step = decode_step(message->text);
    if (!step) co_return false;
    if (step->kind == HandoverStep::Kind::kServing) co_return true;
    taken_.insert(step->addresses.begin(), step->addresses.end());
  }
}

}  // namespace hancock::slardar
