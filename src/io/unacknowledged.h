// How long a peer's kernel may leave unanswered what was sent to it.
#pragma once

#include "base/clock.h"
#include "io/stream.h"

namespace hancock::io {

/// A TCP connection with data that has not been acknowledged for so long is ended: the next recv() or send()
/// fails, as it does at once when the peer says that it is gone. 0: the system's default, some 15 minutes.
/// The peer's program may take its time: its kernel acknowledges, unless the program does not read and its
/// buffers are full; that counts as unanswered too.
void limit_unacknowledged(Stream& stream, Duration limit);

}  // namespace hancock::io
