// Dialogue: a connection that a check talks over in turns: it says something, then reads a line or so many
// bytes. Everything has one deadline and a limit. Control thread.
//
//   auto dialogue = co_await Dialogue::open(loop, target, deadline);
//   auto said = co_await dialogue->say("PING\r\n");
//   auto answer = co_await dialogue->line();
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "slardar/check/check_kind.h"

namespace hancock::slardar {

class Dialogue {
 public:
  static constexpr size_t kLineMax = 8 << 10;
  static constexpr size_t kBytesMax = 1 << 20;

  /// Connects, over TLS where the target has that.
  static io::Async<Result<Dialogue>> open(io::Loop& loop, const CheckTarget& target, TimePoint deadline);

  /// `bytes` stay until it has ended.
  io::Async<Result<void>> say(std::string_view bytes);
  /// Without its end, LF or CR LF. kTooLarge past kLineMax.
  io::Async<Result<std::string>> line();
  /// Exactly so many. kTooLarge past kBytesMax.
  io::Async<Result<std::string>> bytes(size_t count);
  /// It ends with a reset: nothing of it stays with the kernel.
  void cut() { stream_->reset(); }

 private:
  Dialogue(std::unique_ptr<io::Stream> stream, TimePoint deadline)
      : stream_(std::move(stream)), deadline_(deadline) {}
  io::Async<Result<void>> receive();

  std::unique_ptr<io::Stream> stream_;
  TimePoint deadline_;
  std::string input_;
};

}  // namespace hancock::slardar
