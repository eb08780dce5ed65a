// serve_tcp: one visitor's TCP connection joined to a peer for its life. Worker's thread only.
#pragma once

#include <memory>

#include "slardar/worker/worker_parts.h"

namespace hancock::slardar {

/// `find` gives the listening port's route in a snapshot. Nothing is answered when there is no peer: the
/// connection is closed and counted under its failure.
io::Async<void> serve_tcp(WorkerParts& worker, std::unique_ptr<io::Stream> visitor, RouteFinder find);

/// The same for a route's port. Where names share it, the one that TLS asks for decides; of what is said
/// nothing is taken, the peer hears it all.
io::Async<void> serve_port(WorkerParts& worker, std::unique_ptr<io::SocketStream> visitor, uint16_t port);

}  // namespace hancock::slardar
