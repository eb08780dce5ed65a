// ServedConnection: a visitor's connection as its worker sees it, whatever protocol it speaks: counted, and
// asked to go when the worker drains. Worker's thread only; each is in its worker's list while it lives.
#pragma once

#include <list>
#include <memory>

#include "slardar/worker/worker_parts.h"

namespace hancock::slardar {

class ServedConnection;
/// The connections of one worker.
using ServedConnections = std::list<ServedConnection*>;

class ServedConnection {
 public:
  ServedConnection(WorkerParts& worker, ServedConnections& all)
      : worker_(worker),
        share_(static_cast<DrainShare>(worker.traffic.random().next())),
        counted_(worker.counters),
        all_(all),
        place_(all.insert(all.end(), this)) {}
  ServedConnection(const ServedConnection&) = delete;
  ServedConnection& operator=(const ServedConnection&) = delete;
  virtual ~ServedConnection() { all_.erase(place_); }

  /// Nothing is being served.
  virtual bool idle() const = 0;
  /// The worker has begun to drain: what can be said to the visitor early is said now.
  virtual void drain() {}
  /// Ends our side; what the visitor still sends is read and dropped, until he ends his.
  virtual void part() = 0;
  virtual void abort() = 0;
  /// What an answer can still be said on, when there is none yet; this ends then without it.
  virtual std::unique_ptr<io::Stream> take_unanswered() { return nullptr; }
  DrainShare share() const { return share_; }

 protected:
  WorkerParts& worker_;
  const DrainShare share_;

 private:
  const CountedVisitor counted_;
  ServedConnections& all_;
  ServedConnections::iterator place_;
};

}  // namespace hancock::slardar
