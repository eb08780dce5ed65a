#include "slardar/worker/worker_group.h"

#include <algorithm>

#include "base/random.h"

namespace hancock::slardar {
namespace {

constexpr Duration kListenWait = 10s;

/// What a coroutine and the callbacks that it waits for have in common; outlives both.
template <class T>
struct Collected {
  explicit Collected(io::Loop& loop) : changed(loop) {}
  std::vector<T> all;
  io::Signal changed;
  void add(T value) {
    all.push_back(std::move(value));
    changed.set();
  }
};

}  // namespace

WorkerGroup::WorkerGroup(io::Loop& loop, size_t workers, const WorkerOptions& options, Callbacks callbacks)
    : loop_(loop), callbacks_(std::move(callbacks)), acknowledgement_(workers), asked_(workers) {
  for (size_t i = 0; i < workers; ++i) {
    WorkerOptions own = options;
    own.index = i;
    own.seed = system_random().next();
    workers_.push_back(std::make_unique<Worker>(std::move(own), loop, here_));
  }
}

WorkerGroup::~WorkerGroup() { *here_ = nullptr; }

void WorkerGroup::apply(const SnapshotPtr& snapshot) {
  for (const auto& worker : workers_) worker->apply(snapshot);
}

io::Async<Result<io::Address>> WorkerGroup::listen_http(io::Address address) {
  Listen listen = [](Worker& worker, io::Address where, Answer answer) {
    worker.listen_http(std::move(where), std::move(answer));
  };
  co_return co_await listen_on_all(std::move(listen), std::move(address));
}

io::Async<Result<io::Address>> WorkerGroup::listen_https(io::Address address) {
  Listen listen = [](Worker& worker, io::Address where, Answer answer) {
    worker.listen_https(std::move(where), std::move(answer));
  };
  co_return co_await listen_on_all(std::move(listen), std::move(address));
}

io::Async<Result<io::Address>> WorkerGroup::listen_tcp(io::Address address, std::string upstream) {
  Listen listen = [upstream = std::move(upstream)](Worker& worker, io::Address where, Answer answer) {
    worker.listen_tcp(std::move(where), upstream, std::move(answer));
  };
  co_return co_await listen_on_all(std::move(listen), std::move(address));
}

io::Async<Result<io::Address>> WorkerGroup::listen_on_all(Listen listen, io::Address address) {
  for (size_t i = 0; i < workers_.size(); ++i) {
    auto bound = co_await listen_on(i, listen, address);
    if (!bound) co_return bound;
    address = *bound;
  }
  co_return address;
}

io::Async<Result<io::Address>> WorkerGroup::listen_on(size_t worker, const Listen& listen,
                                                      io::Address address) {
  auto answers = std::make_shared<Collected<Result<io::Address>>>(loop_);
  listen(*workers_[worker], std::move(address),
         [answers](Result<io::Address> bound) { answers->add(std::move(bound)); });
  const TimePoint deadline = loop_.now() + kListenWait;
  while (answers->all.empty()) {
    const bool more = co_await answers->changed.wait(deadline);
    if (!more) co_return fail(ErrorCode::kTimeout, "worker {} does not answer", worker);
  }
  co_return std::move(answers->all.front());
}

// The workers need not be as many as there: one may get several of an address, or none and open its own.
void WorkerGroup::inherit(Sockets sockets) {
  std::vector<Sockets> shares(workers_.size());
  std::string address;
  size_t next = 0;
  for (auto& [at, socket] : sockets) {
    if (address != at) next = 0;
    address = at;
    shares[next++ % shares.size()].emplace(at, std::move(socket));
  }
  for (size_t i = 0; i < shares.size(); ++i) workers_[i]->inherit(std::move(shares[i]));
}

void WorkerGroup::open_ports(const SnapshotPtr& snapshot) {
  for (const auto& worker : workers_) worker->open_ports(snapshot);
}

io::Async<Sockets> WorkerGroup::copy_sockets() {
  auto answers = std::make_shared<Collected<std::shared_ptr<Sockets>>>(loop_);
  for (const auto& worker : workers_) {
    worker->copy_sockets([answers](std::shared_ptr<Sockets> copies) { answers->add(std::move(copies)); });
  }
  const TimePoint deadline = loop_.now() + kListenWait;
  while (answers->all.size() < workers_.size()) {
    const bool more = co_await answers->changed.wait(deadline);
    if (!more) break;
  }
  Sockets all;
  for (const auto& each : answers->all) all.merge(*each);
  co_return all;
}

io::Async<std::vector<WorkerStatus>> WorkerGroup::status(TimePoint deadline) {
  auto answers = std::make_shared<Collected<WorkerStatus>>(loop_);
  for (const auto& worker : workers_) {
    worker->status([answers](WorkerStatus status) { answers->add(std::move(status)); });
  }
  while (answers->all.size() < workers_.size()) {
    const bool more = co_await answers->changed.wait(deadline);
    if (!more) break;
  }
  co_return std::move(answers->all);
}

io::Async<std::optional<ServiceAnswers>> WorkerGroup::answers(TimePoint deadline) {
  auto answers = std::make_shared<Collected<ServiceAnswers>>(loop_);
  for (const auto& worker : workers_) {
    worker->answers([answers](ServiceAnswers counted) { answers->add(std::move(counted)); });
  }
  while (answers->all.size() < workers_.size()) {
    const bool more = co_await answers->changed.wait(deadline);
    if (!more) co_return std::nullopt;
  }
  ServiceAnswers sum;
  for (const ServiceAnswers& each : answers->all)
    for (const auto& [service, versions] : each)
      for (const auto& [version, counted] : versions) sum[service][version].merge(counted);
  co_return std::move(sum);
}

io::Async<void> WorkerGroup::drain(Drain how) {
  auto answers = std::make_shared<Collected<bool>>(loop_);
  for (const auto& worker : workers_) {
    worker->drain(how, [answers] { answers->add(true); });
  }
  // A worker that hangs keeps nobody for ever.
  while (answers->all.size() < workers_.size()) {
    const bool more = co_await answers->changed.wait(how.deadline + 1s);
    if (!more) break;
  }
}

void WorkerGroup::resume(const SnapshotPtr& snapshot) {
  for (const auto& worker : workers_) worker->resume(snapshot);
}

io::Async<bool> WorkerGroup::stop(TimePoint deadline) {
  auto answers = std::make_shared<Collected<bool>>(loop_);
  for (const auto& worker : workers_) {
    worker->stop([answers] { answers->add(true); });
  }
  while (answers->all.size() < workers_.size()) {
    const bool more = co_await answers->changed.wait(deadline);
    if (!more) co_return false;
  }
  co_return true;
}

void WorkerGroup::ping() {
  for (size_t i = 0; i < workers_.size(); ++i) {
    if (asked_[i]) continue;
    asked_[i] = loop_.now();
    workers_[i]->ping([this, i, here = here_] {
      if (*here) asked_[i].reset();
    });
  }
}

bool WorkerGroup::alive() const {
  return std::none_of(asked_.begin(), asked_.end(),
                      [now = loop_.now()](const auto& asked) { return asked && now - *asked > kHangs; });
}

void WorkerGroup::applied(size_t worker, SnapshotPtr snapshot, TaskCounts in_flight,
                          std::map<uint16_t, std::string> failed_ports) {
  acknowledgement_.applied(worker, snapshot->number, snapshot->position, std::move(in_flight));
  for (auto& [port, why] : failed_ports) callbacks_.port_failed(port, std::move(why));
  callbacks_.acknowledged();
}

void WorkerGroup::in_flight_changed(size_t worker, TaskCounts in_flight) {
  acknowledgement_.in_flight_changed(worker, std::move(in_flight));
  callbacks_.acknowledged();
}

}  // namespace hancock::slardar
