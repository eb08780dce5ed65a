// Reads the PROXY header ahead of a connection's own bytes, and not one byte more. Worker's thread only.
#pragma once

#include "io/async.h"
#include "io/stream.h"
#include "slardar/tcp/proxy_protocol.h"

namespace hancock::slardar {

/// Errors: kInvalid: it is none; those of a stream.
io::Async<Result<ProxiedPeers>> read_proxy_header(io::Stream& stream, TimePoint deadline);

}  // namespace hancock::slardar
