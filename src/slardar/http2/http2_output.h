// Http2Output: what an HTTP/2 connection sends next: one gathered write of frames. Frame heads and small
// things are copied; an answer's data stays where it is, with whose it is.
//
// From parts() to clear() a write is on its way and nothing is added. Loop's thread only.
#pragma once

#include <nghttp2/nghttp2.h>
#include <sys/uio.h>

#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hancock::slardar {

class Http2Output {
 public:
  /// Enough for one write.
  static constexpr size_t kBatchBytes = 256 << 10;
  static constexpr size_t kBatchParts = 512;

  bool empty() const { return pieces_.empty(); }
  bool full() const { return bytes_ >= kBatchBytes || pieces_.size() >= kBatchParts; }

  /// What `session` has to say, until full(). False: nghttp2 cannot go on.
  bool collect(nghttp2_session* session);

  void copy(std::string_view bytes);
  /// `bytes` stay where they are until clear(), or until rescue(owner).
  void refer(std::string_view bytes, const void* owner);

  /// The same for the next `bytes` of `offered`, which are taken off it.
  void take(std::span<iovec>& offered, size_t bytes, const void* owner);

  /// The whole; whoever sends it consumes the entries.
  std::span<iovec> parts();
  /// `owner` goes while the write is on its way: what of its bytes is still to be sent is copied.
  void rescue(const void* owner);
  void clear();
  size_t bytes() const { return bytes_; }

 private:
  static constexpr size_t kReferMin = 1024;  // below that a copy costs less than an entry
  struct Piece {
    const void* owner;  // nullptr: in copied_, at `at`
    const char* data;
    size_t at;
    size_t size;
  };
  std::string copied_;
  std::vector<Piece> pieces_;
  std::vector<iovec> parts_;  // as pieces_, since parts()
  std::deque<std::string> rescued_;
  size_t bytes_ = 0;
};

}  // namespace hancock::slardar
