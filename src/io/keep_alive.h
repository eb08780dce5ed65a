// Whether somebody is still there on a connection on which nothing has to come.
#pragma once

#include "base/clock.h"
#include "io/stream.h"

namespace hancock::io {

/// A TCP connection whose peer's kernel says nothing for `silent`, also when asked, is ended: the next recv()
/// or send() fails. For long streams: a peer whose machine is gone, or that a firewall on the way has
/// forgotten, sends no end. Whole seconds, at least four.
void keep_alive(Stream& stream, Duration silent);

}  // namespace hancock::io
