#include "slardar/upgrade/predecessor.h"

#include "base/log.h"

namespace hancock::slardar {
namespace {

constexpr Duration kAnswerWait = 10s;

}  // namespace

Predecessor::Predecessor(io::Loop& loop, std::unique_ptr<io::MessageSocket> socket, HandoverGreeting greeting)
    : loop_(loop), socket_(std::move(socket)), greeting_(std::move(greeting)), changed_(loop) {
  reading_.spawn(read());
}

io::Async<Result<std::unique_ptr<Predecessor>>> Predecessor::meet(io::Loop& loop, const io::Address& admin) {
  auto socket = io::MessageSocket::connect(loop, handover_name(admin));
  if (!socket && socket.error().code == ErrorCode::kNotFound) co_return std::unique_ptr<Predecessor>();
  if (!socket) co_return forward_error(socket);
  auto message = co_await (*socket)->receive(loop.now() + kAnswerWait);
  if (!message && message.error().code == ErrorCode::kClosed) co_return std::unique_ptr<Predecessor>();
  if (!message) co_return forward_error(message, "no greeting from the process that serves");
  auto greeting = decode_greeting(message->text);
  if (!greeting) co_return forward_error(greeting);
  co_return std::make_unique<Predecessor>(loop, std::move(*socket), std::move(*greeting));
}

io::Async<Result<Sockets>> Predecessor::take_sockets() {
  HandoverStep ready(HandoverStep::Kind::kReady);
  const TimePoint deadline = loop_.now() + kAnswerWait;
  (void)co_await socket_->send(encode(ready), deadline);  // if it is gone, read() knows
  while (!complete_ && !over_) {
    const bool more = co_await changed_.wait(deadline);
    if (!more) co_return fail(ErrorCode::kTimeout, "process {} does not hand over its sockets", pid());
  }
  if (serves_on_) co_return fail(ErrorCode::kUnavailable, "process {} serves on", pid());
  co_return std::move(sockets_);
}

io::Async<void> Predecessor::say_serving(std::vector<std::string> taken) {
  const TimePoint deadline = loop_.now() + kAnswerWait;
  for (size_t at = 0; at < taken.size(); at += HandoverStep::kAddressesMax) {
    const auto from = taken.begin() + static_cast<ptrdiff_t>(at);
    const auto to =
        taken.begin() + static_cast<ptrdiff_t>(std::min(at + HandoverStep::kAddressesMax, taken.size()));
    HandoverStep some(HandoverStep::Kind::kTaken, std::vector<std::string>(from, to));
    (void)co_await socket_->send(encode(some), deadline);
  }
  HandoverStep serving(HandoverStep::Kind::kServing);
  auto said = co_await socket_->send(encode(serving), deadline);
  if (!said) log::warn("handover", "not told to process {}: {}", pid(), said.error().message);
}

io::Async<void> Predecessor::end() {
  while (!over_) co_await changed_.wait();
}

io::Async<void> Predecessor::read() {
  while (true) {
    auto message = co_await socket_->receive(kForever);
    if (!message || !take(std::move(*message))) break;
  }
  over_ = true;
  changed_.set();
}

// False: it serves on, or does not speak as it should, and is not listened to any more.
bool Predecessor::take(io::Message message) {
  auto step = decode_step(message.text);
  serves_on_ = step && step->kind == HandoverStep::Kind::kServesOn;
  if (serves_on_) return false;
  const bool right = step && step->kind == HandoverStep::Kind::kSockets &&
                     step->addresses.size() == message.descriptors.size();
  if (!right) {
    log::error("handover", "process {} is not understood", pid());
    serves_on_ = true;
    return false;
  }
  for (size_t i = 0; i < step->addresses.size(); ++i)
    sockets_.emplace(std::move(step->addresses[i]), std::move(message.descriptors[i]));
  complete_ = step->addresses.empty();
  changed_.set();
  return true;
}

}  // namespace hancock::slardar
