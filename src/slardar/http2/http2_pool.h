// Http2Pool: one worker's HTTP/2 connections to one peer. Calls fill a connection up to what the peer takes;
// then another is made, one at a time; past kConnectionsMax calls wait their turn.
//
// Owned by the Peer; worker's thread only.
#pragma once

#include <list>
#include <memory>
#include <optional>
#include <vector>

#include "slardar/http2/http2_client.h"
#include "slardar/worker/wakeup.h"

namespace hancock::slardar {

struct Peer;
struct WorkerParts;

class Http2Pool {
 public:
  static constexpr size_t kConnectionsMax = 16;

  Http2Pool(WorkerParts& worker, Peer& peer) : worker_(worker), peer_(peer) {}
  Http2Pool(const Http2Pool&) = delete;

  /// A connection with room for a call, which is to be begun before the caller waits again. One that has to
  /// be made has `connect` for that. Errors: kTooLarge (all that there may be were full until `deadline`),
  /// kTimeout, else why there is none.
  io::Async<Result<Http2Client*>> take(Duration connect, TimePoint deadline);

  /// Forgets what is over, and ends what has had no call for long.
  void prune(TimePoint now);
  /// No call is to come: connections end with their last one.
  void retire();
  size_t size() const { return clients_.size(); }

 private:
  struct Waiter {
    explicit Waiter(io::Loop& loop) : wakeup(loop) {}
    Wakeup wakeup;
    std::optional<Error> error;  // of the connection that was made for it
  };
  class Waiting;
  Http2Client* with_room();
  bool is_full() const;
  void forget_over();
  /// Lets the first of those who wait go on, or makes a connection for them.
  void go_on();
  void changed();

  WorkerParts& worker_;
  Peer& peer_;
  std::vector<std::unique_ptr<Http2Client>> clients_;
  Http2Client* connecting_ = nullptr;
  std::list<Waiter*> waiters_;
  Duration connect_ = 1s;  // of who asked last
};

}  // namespace hancock::slardar
