// ReadBuffer: what a stream has brought and nobody has consumed yet. Shared by heads and bodies of a
// connection.
//
// Belongs to a connection, borrows its stream. Views end with the next fill(). Holds no memory before the
// first fill and after release(). Loop's thread only.
#pragma once

#include <string_view>
#include <vector>

#include "io/async.h"
#include "io/stream.h"

namespace hancock::http {

class ReadBuffer {
 public:
  explicit ReadBuffer(io::Stream& stream) : stream_(stream) {}

  std::string_view view() const { return {bytes_.data() + begin_, end_ - begin_}; }
  void consume(size_t size) { begin_ += size; }
  /// Receives more behind what is there; 0: the peer has ended its side.
  io::Async<Result<size_t>> fill(TimePoint deadline);
  /// Gives the memory back while there is nothing in it.
  void release();

 private:
  void make_room();

  io::Stream& stream_;
  std::vector<char> bytes_;
  size_t begin_ = 0;
  size_t end_ = 0;
};

}  // namespace hancock::http
