// Peer: what one worker knows of one address: tries in flight, idle connections, counters.
//
// Keyed by address and Task, outside the snapshot, so that it survives swaps. It lives while a snapshot lists
// it or something is in flight on it. Worker's thread only.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "io/stream.h"
#include "slardar/tls/peer_tls.h"
#include "slardar/upstream/ejection.h"
#include "slardar/upstream/peer_protocol.h"

namespace hancock::slardar {

class Http2Pool;
struct WorkerParts;

/// One HTTP/1 connection to a peer.
struct PeerConnection {
  std::unique_ptr<io::Stream> stream;
  TimePoint idle_until;
  bool reused = false;
};

/// Connections that wait for the next request, last used first. They stay registered with the loop, so a
/// close by the peer is known as soon as the kernel tells.
class IdlePool {
 public:
  static constexpr size_t kIdleMax = 1024;

  /// How to know that a peer has not closed one.
  enum class Care {
    kEvents,  // what the kernel has told of it: for what may be sent again
    kAsk,     // the kernel is asked
  };

  void put(PeerConnection connection, TimePoint now, Duration keep);
  /// The one used last that is still alive; stream is nullptr when there is none.
  PeerConnection take(TimePoint now, Care care);
  /// Closes what has waited long enough, or was closed by the peer.
  void prune(TimePoint now);
  void clear() { idle_.clear(); }
  size_t size() const { return idle_.size(); }

 private:
  std::vector<PeerConnection> idle_;
};

struct Peer {
  Peer(io::Address where, std::string behind, PeerTlsPtr by_tls = {},
       PeerProtocol spoken = PeerProtocol::kHttp1);
  ~Peer();

  const io::Address address;
  const std::string task;  // "" for a server that an operator named
  const std::string name;  // "10.0.0.1:8080"
  const PeerTlsPtr tls;    // nullptr: in plain
  const PeerProtocol protocol;
  size_t listings = 0;               // upstreams of the present snapshot in which it may be picked
  uint64_t in_flight = 0;            // connecting, active and upgraded tries, TCP streams
  IdlePool idle;                     // of HTTP/1
  std::unique_ptr<Http2Pool> http2;  // of HTTP/2, once there was a request
  Http2Pool& http2_pool(WorkerParts& worker);
  /// Connections that wait for a request are of no use any more.
  void let_connections_go();
  void close_connections();
  void prune(TimePoint now);
  size_t connections() const;

  uint64_t tries = 0;
  uint64_t failures = 0;
  uint64_t connects = 0;
  std::string last_failure;
  Duration latency{0};  // of answers' heads, an average in which older ones fade; 0: there was none
  void note_latency(Duration took) {
    latency = latency == Duration() ? took : latency + (took - latency) / 8;
  }

  /// A connection could not be made. Until one can, it gets one try after each rest, as long as others are
  /// left.
  bool unreachable = false;
  TimePoint rests_until;
  TimePoint usable_since;  // listed, reached again, or its ejection over
  Ejection ejection;
  bool rests(TimePoint now) const { return (unreachable && now < rests_until) || ejection.holds(now); }
};

}  // namespace hancock::slardar
