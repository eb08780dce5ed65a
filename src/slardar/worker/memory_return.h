// MemoryReturn: gives memory that a worker has not needed for a while back to the kernel.
//
//   MemoryReturn returns(parts.buffers);
//   returns.look(loop.now());            // about once a second
//
// What a burst needed is freed soon after it, and its last connections to peers some seconds later. Worker's
// thread only.
#pragma once

#include "base/clock.h"
#include "slardar/http/message_buffer.h"

namespace hancock::slardar {

class MemoryReturn {
 public:
  explicit MemoryReturn(BufferPool& buffers) : buffers_(buffers) {}

  void look(TimePoint now);

 private:
  BufferPool& buffers_;
  size_t freed_ = 0;                    // bytes, since the kernel was given something
  TimePoint again_ = TimePoint::max();  // for what a burst's last connections leave
};

}  // namespace hancock::slardar
