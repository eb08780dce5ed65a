// Worker: one thread with an event loop of its own, and everything that serves visitors on it: listeners,
// connections, pools, counters. Workers share nothing with each other.
//
// Made, started and joined by the control thread, which talks to it by messages; answers are posted back to
// the control loop. The control loop outlives it.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "io/loop.h"
#include "io/tls_tickets.h"
#include "slardar/confd/acknowledgement.h"
#include "slardar/http/http_connection.h"
#include "slardar/tcp/network.h"
#include "slardar/upgrade/handover.h"
#include "slardar/worker/drain.h"
#include "slardar/worker/worker_status.h"

namespace hancock::slardar {

/// What a worker tells the control thread on its own; called on the control thread.
class WorkerEvents {
 public:
  virtual ~WorkerEvents() = default;
  /// It serves from this snapshot; `in_flight` of its leaving Tasks; ports that it could not listen on.
  virtual void applied(size_t worker, SnapshotPtr snapshot, TaskCounts in_flight,
                       std::map<uint16_t, std::string> failed_ports) = 0;
  /// The count of a leaving Task has changed.
  virtual void in_flight_changed(size_t worker, TaskCounts in_flight) = 0;
};

/// Where a worker's messages find them: nullptr once they are gone, which they
/// are before the last message came.
using WorkerEventsPlace = std::shared_ptr<WorkerEvents*>;

struct WorkerOptions {
  size_t index = 0;
  std::string tcp_bind = "0.0.0.0";
  uint64_t seed = 0;
  size_t connections_max = 10'000;                              // visitors; more are closed at once
  const Freshness* freshness = nullptr;                         // outlives the worker
  io::TicketKeys tickets{io::TicketKeys::Seed(), TimePoint()};  // the same for all workers
  bool opens_ports = true;          // routes' ports, with the first snapshot; false: by open_ports()
  std::vector<Network> proxies;     // whose connections begin with a PROXY header
  AccessLog* access_log = nullptr;  // outlives the worker; nullptr: none
  TraceStart trace_start = TraceStart::kUnsampled;
  bool via = true;
};

class Worker {
 public:
  Worker(WorkerOptions options, io::Loop& control, WorkerEventsPlace events);
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  ~Worker();

  // All of these: control thread.
  void apply(SnapshotPtr snapshot);
  /// Listens on these, instead of sockets of its own, where their addresses are wanted.
  void inherit(Sockets sockets);
  /// As apply(), and listens on routes' ports from now on; what was inherited and is not wanted is closed.
  void open_ports(SnapshotPtr snapshot);
  /// Copies of what it listens on.
  void copy_sockets(std::function<void(std::shared_ptr<Sockets>)> answer);
  /// Listens for HTTP; the answer is the bound address.
  void listen_http(io::Address address, std::function<void(Result<io::Address>)> answer);
  void listen_https(io::Address address, std::function<void(Result<io::Address>)> answer);
  /// Listens for TCP that goes to the upstream of that name.
  void listen_tcp(io::Address address, std::string upstream, std::function<void(Result<io::Address>)> answer);
  /// A copy of what it counts.
  void status(std::function<void(WorkerStatus)> answer);
  /// Traffic::answers().
  void answers(std::function<void(ServiceAnswers)> answer);
  /// Answers when its loop has come round.
  void ping(std::function<void()> answer);
  /// Stops accepting, asks visitors to go, and answers when the last one has gone or at the deadline, when
  /// the rest is cut.
  void drain(Drain how, std::function<void()> answer);
  /// As apply(), and accepts again wherever it did before it was told to drain.
  void resume(SnapshotPtr snapshot);
  /// Cuts what is left and ends the thread, which answers last.
  void stop(std::function<void()> answer);

 private:
  class Thread;
  void post(std::function<void(Thread&)> work);

  std::unique_ptr<Thread> inner_;
  std::thread thread_;
};

}  // namespace hancock::slardar
