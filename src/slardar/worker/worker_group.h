// WorkerGroup: all workers of the process, seen from the control thread: published to together, asked
// together.
//
// Control thread. Its destructor joins the threads; what is in flight then is cut (drain first). It waits as
// long as a worker hangs: who must not, asks stop() first.
#pragma once

#include <memory>
#include <vector>

#include "io/signal.h"
#include "slardar/confd/acknowledgement.h"
#include "slardar/worker/worker.h"

namespace hancock::slardar {

class WorkerGroup final : private WorkerEvents {
 public:
  struct Callbacks {
    std::function<void()> acknowledged;  // position or counts of leaving Tasks have changed
    std::function<void(uint16_t port, std::string why)> port_failed;
  };
  /// `options` are each worker's, but for index and seed.
  WorkerGroup(io::Loop& loop, size_t workers, const WorkerOptions& options, Callbacks callbacks);
  ~WorkerGroup() override;

  size_t size() const { return workers_.size(); }
  void apply(const SnapshotPtr& snapshot);
  const Acknowledgement& acknowledgement() const { return acknowledgement_; }

  /// Listens in every worker; port 0 is chosen by the first one. The bound address.
  io::Async<Result<io::Address>> listen_http(io::Address address);
  io::Async<Result<io::Address>> listen_https(io::Address address);
  io::Async<Result<io::Address>> listen_tcp(io::Address address, std::string upstream);
  /// Shares them out: where their addresses are wanted, they are listened on instead of new ones.
  void inherit(Sockets sockets);
  /// Routes' ports, where WorkerOptions::opens_ports has said no.
  void open_ports(const SnapshotPtr& snapshot);
  /// Copies of what all of them listen on.
  io::Async<Sockets> copy_sockets();
  /// Those that answer by then.
  io::Async<std::vector<WorkerStatus>> status(TimePoint deadline);
  /// The sum of all; nullopt when one has not answered by then.
  io::Async<std::optional<ServiceAnswers>> answers(TimePoint deadline);
  /// Ends when all have drained.
  io::Async<void> drain(Drain how);
  /// Accepts again, instead.
  void resume(const SnapshotPtr& snapshot);
  /// Ends the workers' threads. False: one has not ended by then.
  io::Async<bool> stop(TimePoint deadline);

  /// Asks each worker for a sign of life; alive() is false while one has owed it for kHangs.
  void ping();
  bool alive() const;

 private:
  static constexpr Duration kHangs = 5s;
  using Answer = std::function<void(Result<io::Address>)>;
  using Listen = std::function<void(Worker&, io::Address, Answer)>;
  io::Async<Result<io::Address>> listen_on_all(Listen listen, io::Address address);
  io::Async<Result<io::Address>> listen_on(size_t worker, const Listen& listen, io::Address address);

  void applied(size_t worker, SnapshotPtr snapshot, TaskCounts in_flight,
               std::map<uint16_t, std::string> failed_ports) override;
  void in_flight_changed(size_t worker, TaskCounts in_flight) override;

  io::Loop& loop_;
  Callbacks callbacks_;
  Acknowledgement acknowledgement_;
  std::vector<std::optional<TimePoint>> asked_;  // the oldest ping without an answer
  // Messages may come after it has gone.
  const WorkerEventsPlace here_ = std::make_shared<WorkerEvents*>(static_cast<WorkerEvents*>(this));
  std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace hancock::slardar
