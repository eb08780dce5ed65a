// WorkerParts: what the connections of one worker share. Its thread only; it outlives them.
#pragma once

#include "http/date.h"
#include "io/splice.h"
#include "io/tls_context.h"
#include "slardar/http/forward_head.h"
#include "slardar/http/message_buffer.h"
#include "slardar/http/traceparent.h"
#include "slardar/log/access_log.h"
#include "slardar/lua/scripts.h"
#include "slardar/tcp/proxied_visitors.h"
#include "slardar/upstream/traffic.h"
#include "slardar/upstream/trust.h"
#include "slardar/worker/counters.h"
#include "slardar/worker/drain.h"

namespace hancock::slardar {

/// Defaults of docs/slardar.md; a route's own timeouts stand in its Route.
struct Timeouts {
  static constexpr Duration kRequestHead = 10s;
  static constexpr Duration kBodyIdle = 30s;
  static constexpr Duration kKeepAlive = 75s;     // visitors
  static constexpr Duration kPeerKeepAlive = 4s;  // unless the peer says less
  static constexpr Duration kTcpIdle = 1h;
  static constexpr Duration kSendIdle = 60s;  // a visitor who does not read
  static constexpr Duration kLinger = 2s;     // what still comes after an early answer is read so long
};

struct WorkerParts {
  WorkerParts(io::Loop& on, size_t worker, uint64_t seed, const Freshness& freshness)
      : loop(on), traffic(worker, seed), trust(on, freshness) {}

  io::Loop& loop;
  BufferPool buffers;
  io::PipePool pipes;
  HeadScratch scratch;
  http::DateText date;
  Counters counters;
  Traffic traffic;
  Trust trust;
  Scripts scripts{traffic.random()};
  ProxiedVisitors proxied;
  TraceStart trace_start = TraceStart::kUnsampled;
  bool via = true;
  std::unique_ptr<io::TlsServer> tls;     // for visitors
  AccessLog::Port* access_log = nullptr;  // nullptr: there is none
  std::optional<Drain> drain;             // while it drains
};

}  // namespace hancock::slardar
