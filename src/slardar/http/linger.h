// What comes after an answer that ends a connection.
#pragma once

#include "slardar/worker/worker_parts.h"

namespace hancock::slardar {

/// Tells a visitor that the gateway ends before his answer is there.
io::Async<void> say_draining(WorkerParts& worker, std::unique_ptr<io::Stream> stream, TimePoint deadline);

/// Ends our side, and reads what the visitor still sends until he ends his or `deadline`: closing with unread
/// bytes would reset the connection, and take the answer with it.
io::Async<void> end_and_read_out(WorkerParts& worker, io::Stream& stream, TimePoint deadline);

}  // namespace hancock::slardar
