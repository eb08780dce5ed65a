// Stream: a connected byte stream, whatever carries it (TCP, unix, TLS). One reader and one writer at a
// time.
//
//   Result<size_t> n = co_await stream.recv(buffer, loop.now() + 5s);   // 0 = the peer has ended its side
//   Result<void> sent = co_await stream.send("hello", deadline);        // all of it
//
// Loop's thread only. Neither call allocates.
#pragma once

#include <sys/uio.h>

#include <span>
#include <string_view>

#include "base/error.h"
#include "io/address.h"
#include "io/descriptor.h"

namespace hancock::io {

/// What one non-blocking try came to.
struct Attempt {
  enum class Outcome { kDone, kBlocked, kFailed };
  Outcome outcome = Outcome::kBlocked;
  size_t bytes = 0;      // kDone
  int error_number = 0;  // kFailed
};

class Stream {
 public:
  virtual ~Stream() = default;

  class RecvAwaiter;
  class SendAwaiter;

  /// At least one byte, or 0 at the end. Errors: kTimeout, kCancelled, kClosed (reset), …
  RecvAwaiter recv(std::span<char> buffer, TimePoint deadline = kForever);
  /// Everything, gathered. The entries of `parts` are consumed; what they point to stays until the end.
  SendAwaiter send(std::span<iovec> parts, TimePoint deadline = kForever);
  SendAwaiter send(std::string_view bytes, TimePoint deadline = kForever);
  /// The same, and as long as it takes: fails only when the peer takes nothing
  /// for `idle`.
  SendAwaiter send_while_taken(std::span<iovec> parts, Duration idle);

  /// Ends our side of the stream; the peer reads end-of-file.
  virtual void shutdown_write() = 0;
  /// Says the end in the stream itself, where it has a word for that, before it is destroyed.
  virtual void say_end() {}
  /// The peer reads an error instead of an end when this is destroyed: what it
  /// got was not all.
  virtual void reset();
  /// Ends both directions at once; waiting calls fail with kCancelled.
  void abort() { descriptor_.abort(); }

  /// Its bytes are those of its descriptor: splice.h may move them.
  virtual bool spliceable() const { return false; }

  /// An idle connection is fit for reuse: its peer has neither ended it nor sent anything since.
  virtual bool quiet();

  Result<Address> local_address();
  Result<Address> peer_address();

  Descriptor& descriptor() { return descriptor_; }
  Loop& loop() { return descriptor_.loop(); }

 protected:
  Stream(Loop& loop, UniqueFd fd) : descriptor_(loop, std::move(fd)) {}
  /// Its socket, for another Stream over it; this one is of no use any more.
  static UniqueFd socket_of(Stream& stream) { return stream.descriptor_.release(); }

 private:
  virtual Attempt try_recv(std::span<char> buffer) = 0;
  virtual Attempt try_send(std::span<const iovec> parts) = 0;

  Descriptor descriptor_;
};

class Stream::RecvAwaiter final : public Descriptor::Waiter {
 public:
  RecvAwaiter(Stream& stream, std::span<char> buffer, TimePoint deadline)
      : Waiter(stream.descriptor_, Direction::kRead, deadline), stream_(stream), buffer_(buffer) {}
  Result<size_t> await_resume() { return std::move(result_); }

 private:
  bool attempt() override;
  bool worth_trying() const override { return stream_.descriptor_.maybe_readable(); }
  void fail_with(Error error) override { result_ = tl::unexpected(std::move(error)); }

  Stream& stream_;
  std::span<char> buffer_;
  Result<size_t> result_{size_t{0}};
};

class Stream::SendAwaiter final : public Descriptor::Waiter {
 public:
  /// `idle`: postpones the deadline with every byte that is taken; 0: it
  /// stands.
  SendAwaiter(Stream& stream, std::span<iovec> parts, TimePoint deadline, Duration idle = Duration::zero())
      : Waiter(stream.descriptor_, Direction::kWrite, deadline),
        stream_(stream),
        parts_(parts),
        idle_(idle) {}
  SendAwaiter(Stream& stream, std::string_view bytes, TimePoint deadline)
      : Waiter(stream.descriptor_, Direction::kWrite, deadline),
        stream_(stream),
        one_{const_cast<char*>(bytes.data()), bytes.size()},
        parts_(&one_, 1) {}
  Result<void> await_resume() { return std::move(result_); }

 private:
  bool attempt() override;
  void fail_with(Error error) override { result_ = tl::unexpected(std::move(error)); }

  Stream& stream_;
  iovec one_{};
  std::span<iovec> parts_;
  Duration idle_{};
  Result<void> result_;
};

inline Stream::RecvAwaiter Stream::recv(std::span<char> buffer, TimePoint deadline) {
  return RecvAwaiter(*this, buffer, deadline);
}
inline Stream::SendAwaiter Stream::send(std::span<iovec> parts, TimePoint deadline) {
  return SendAwaiter(*this, parts, deadline);
}
inline Stream::SendAwaiter Stream::send_while_taken(std::span<iovec> parts, Duration idle) {
  return SendAwaiter(*this, parts, descriptor_.loop().now() + idle, idle);
}
inline Stream::SendAwaiter Stream::send(std::string_view bytes, TimePoint deadline) {
  return SendAwaiter(*this, bytes, deadline);
}

}  // namespace hancock::io
