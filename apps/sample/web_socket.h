// A WebSocket (RFC 6455) that says what it hears. One message a frame, at most 64 KiB each.
#pragma once

#include "http/server.h"

namespace hancock::sample {

/// Until the visitor closes it, goes, or says what cannot be read; as the program ends, it closes with 1001.
/// `more`: fields of the answer beside those of the protocol. Who asks for something else gets 426.
io::Async<void> echo_web_socket(http::Exchange& exchange, http::Headers more);

}  // namespace hancock::sample
