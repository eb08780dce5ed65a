// tunnel: copies bytes both ways between two connections until both have ended: TCP streams, upgraded
// requests.
//
// An end on one side is passed on as a half-close and the other direction goes on. An error on either, or no
// byte in either direction for `idle`, ends both. A direction holds a buffer or a pipe only while it has
// bytes. What comes in large pieces is spliced from socket to socket, the rest is copied.
#pragma once

#include "io/stream.h"
#include "slardar/worker/worker_parts.h"

namespace hancock::slardar {

struct TunnelBytes {
  uint64_t forth = 0;  // from `near` to `far`
  uint64_t back = 0;
};

/// `bytes` counts as they pass, and outlives this.
io::Async<void> tunnel(io::Stream& near, io::Stream& far, WorkerParts& worker, Duration idle,
                       TunnelBytes& bytes);

}  // namespace hancock::slardar
