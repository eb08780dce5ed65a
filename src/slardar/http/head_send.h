// HeadSend: one gathered send whose first part is a head in the worker's scratch.
//
//   HeadSend send(stream, parts, deadline, rescue);   // parts[0]: scratch.text()
//   Result<void> sent = co_await send;
//
// The scratch is free again when this returns or suspends: what could not be sent at once is copied to
// `rescue`, which nearly never happens.
#pragma once

#include <string>

#include "io/stream.h"

namespace hancock::slardar {

class HeadSend {
 public:
  HeadSend(io::Stream& stream, std::span<iovec> parts, TimePoint deadline, std::string& rescue)
      : parts_(parts), rescue_(rescue), send_(stream, parts, deadline) {}
  HeadSend(const HeadSend&) = delete;

  bool await_ready() {
    if (send_.await_ready()) return true;
    iovec& head = parts_.front();
    rescue_.assign(static_cast<const char*>(head.iov_base), head.iov_len);
    head.iov_base = rescue_.data();
    return false;
  }
  void await_suspend(std::coroutine_handle<> waiting) { send_.await_suspend(waiting); }
  Result<void> await_resume() { return send_.await_resume(); }

 private:
  std::span<iovec> parts_;
  std::string& rescue_;
  io::Stream::SendAwaiter send_;
};

}  // namespace hancock::slardar
