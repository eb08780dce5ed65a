// Memory of coroutine frames: what one thread has freed it uses again, by size, without a call of malloc.
//
// A request is a dozen frames of the same sizes each time; their malloc and free were a tenth of what a
// gateway computes for it. Any thread; each has lists of its own. Under AddressSanitizer it is malloc, which
// sees who uses a frame after its end.
#pragma once

#include <cstddef>

namespace hancock::io::frame_pool {

void* allocate(std::size_t bytes);
/// `bytes` as given to allocate(), on this thread or another.
void release(void* frame, std::size_t bytes);
/// To be called now and then: frees what this thread has not needed since the last call. Gives its bytes.
std::size_t trim();

}  // namespace hancock::io::frame_pool
