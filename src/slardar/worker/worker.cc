#include "slardar/worker/worker.h"

#include <fmt/format.h>
#include <pthread.h>

#include <algorithm>

#include "base/log.h"
#include "io/scope.h"
#include "slardar/http/https_connection.h"
#include "slardar/http/linger.h"
#include "slardar/tcp/listeners.h"
#include "slardar/tcp/proxy_reading.h"
#include "slardar/tcp/tcp_proxy.h"
#include "slardar/upstream/slow_start.h"
#include "slardar/worker/memory_return.h"

namespace hancock::slardar {
namespace {

constexpr Duration kPruneEvery = 1s;
constexpr Duration kReportEvery = 20ms;

RouteFinder find_upstream(std::string name) {
  return [name = std::move(name)](const Snapshot& snapshot) -> std::optional<RouteIndex> {
    const auto found = snapshot.route_by_upstream->find(name);
    if (found == snapshot.route_by_upstream->end()) return std::nullopt;
    return found->second;
  };
}

}  // namespace

/// The part that lives on the worker's thread. Its loop is made before the thread, so that messages wait
/// there.
class Worker::Thread {
 public:
  Thread(WorkerOptions options, io::Loop& control, WorkerEventsPlace events)
      : options_(std::move(options)),
        control_(control),
        events_(std::move(events)),
        opens_ports_(options_.opens_ports) {}

  void run() {
    ::pthread_setname_np(::pthread_self(), fmt::format("worker-{}", options_.index).c_str());
    parts_.emplace(loop_, options_.index, options_.seed, *options_.freshness);
    memory_return_.emplace(parts_->buffers);
    if (options_.access_log) parts_->access_log = &options_.access_log->port(options_.index);
    parts_->trace_start = options_.trace_start;
    parts_->via = options_.via;
    prune_timer_.emplace(loop_, [this] { prune(); });
    report_timer_.emplace(loop_, [this] { report(); });
    drain_timer_.emplace(loop_, [this] { drain_on(); });
    prune_timer_->arm(loop_.now() + kPruneEvery);
    parts_->traffic.on_leaving_change([this] { leaving_changed(); });
    loop_.run();
    listeners_.close();
    connections_.cancel();
    parts_->traffic.close_connections();
    if (stopped_) control_.post(std::move(stopped_));
  }
  void stop(std::function<void()> answer) {
    stopped_ = std::move(answer);
    loop_.stop();
  }

  io::Loop& loop() { return loop_; }
  io::Loop& control() { return control_; }

  void apply(SnapshotPtr snapshot) {
    parts_->traffic.apply(snapshot, loop_.now());
    parts_->scripts.apply(snapshot->lua);
    last_report_ = loop_.now();
    report_timer_->disarm();
    auto failed = listen_to_ports(*snapshot);
    control_.post([events = events_, index = options_.index, snapshot = std::move(snapshot),
                   counts = parts_->traffic.leaving_in_flight(), failed = std::move(failed)]() mutable {
      if (*events) (*events)->applied(index, std::move(snapshot), std::move(counts), std::move(failed));
    });
  }

  Result<io::Address> listen_http(io::Address address) {
    return listen_on(std::move(address), [this](std::unique_ptr<io::SocketStream> stream) {
      // The kernel tells by an edge when the first bytes are there; until then no buffer is needed.
      if (!parts_->proxied.has(*stream)) stream->descriptor().set_drained();
      connections_.spawn(serve_http(*parts_, std::move(stream), visitors_));
    });
  }
  Result<io::Address> listen_https(io::Address address) {
    if (!parts_->tls) parts_->tls = make_tls_server();
    return listen_on(std::move(address), [this](std::unique_ptr<io::SocketStream> stream) {
      connections_.spawn(serve_https(*parts_, std::move(stream), visitors_));
    });
  }
  Result<io::Address> listen_tcp(io::Address address, std::string upstream) {
    return listen_on(std::move(address), tcp_server(find_upstream(std::move(upstream))));
  }

  WorkerStatus status() const;
  ServiceAnswers answers() const { return parts_->traffic.answers(); }

  void inherit(Sockets sockets) { listeners_.inherit(std::move(sockets)); }
  void open_ports(SnapshotPtr snapshot) {
    opens_ports_ = true;
    apply(std::move(snapshot));
    listeners_.drop_inherited();
  }
  Sockets copy_sockets() const { return listeners_.copies(); }

  void drain(Drain how, std::function<void()> answer) {
    parts_->drain = how;
    drained_ = std::move(answer);
    cut_ = false;
    const std::set<std::string> none;
    listeners_.pause(how.handed_over ? *how.handed_over : none);
    for (ServedConnection* each : visitors_) each->drain();
    drain_on();
  }
  void resume(SnapshotPtr snapshot) {
    parts_->drain.reset();
    drained_ = nullptr;
    drain_timer_->disarm();
    listeners_.resume();
    apply(std::move(snapshot));
  }

 private:
  /// Not made before it is needed: the TLS library takes 2.5 MiB from its first use on.
  std::unique_ptr<io::TlsServer> make_tls_server() {
    return std::make_unique<io::TlsServer>(loop_, options_.tickets, application_names(),
                                           [&traffic = parts_->traffic](std::string_view name) {
                                             return choose_certificate(*traffic.present(), name);
                                           });
  }

  Accepted tcp_server(RouteFinder find) {
    return [this, find = std::move(find)](std::unique_ptr<io::SocketStream> stream) {
      connections_.spawn(serve_tcp(*parts_, std::move(stream), find));
    };
  }

  Accepted port_server(uint16_t port) {
    return [this, port](std::unique_ptr<io::SocketStream> stream) {
      connections_.spawn(serve_port(*parts_, std::move(stream), port));
    };
  }

  /// Every visitor comes this way, and is counted once: who comes from a trusted balancer is served when the
  /// header ahead of him is read.
  Accepted admitted(Accepted accepted) {
    return [this, accepted = std::move(accepted)](std::unique_ptr<io::SocketStream> stream) {
      if (full()) return;
      parts_->proxied.forget(*stream);
      if (!comes_from_proxy(*stream)) return accepted(std::move(stream));
      connections_.spawn(serve_announced(std::move(stream), accepted));
    };
  }
  bool comes_from_proxy(io::Stream& stream) const {
    if (options_.proxies.empty()) return false;
    const auto from = stream.peer_address();
    return from && std::any_of(options_.proxies.begin(), options_.proxies.end(),
                               [&](const Network& each) { return each.contains(*from); });
  }
  io::Async<void> serve_announced(std::unique_ptr<io::SocketStream> stream, Accepted accepted) {
    auto peers = co_await read_proxy_header(*stream, loop_.now() + Timeouts::kRequestHead);
    if (!peers) {
      log::debug("listen", "{}", peers.error().message);
      ++parts_->counters.errors[static_cast<size_t>(Failure::kBadRequest)];
      co_return;
    }
    parts_->proxied.add(*stream, *peers);
    accepted(std::move(stream));
  }

  bool full() {
    if (connections_.running() < options_.connections_max) return false;
    ++parts_->counters.turned_away;
    return true;
  }

  Result<io::Address> listen_on(io::Address address, Accepted accepted) {
    return listeners_.open(address, admitted(std::move(accepted)));
  }

  std::map<uint16_t, std::string> listen_to_ports(const Snapshot& snapshot) {
    if (!opens_ports_ || parts_->drain) return {};
    std::set<uint16_t> ports;
    for (const TcpEntrance& each : snapshot.tcp) ports.insert(each.port);
    return listeners_.open_ports(ports, [this](uint16_t port) { return admitted(port_server(port)); });
  }

  void prune() {
    parts_->traffic.prune(loop_.now());
    memory_return_->look(loop_.now());
    prune_timer_->arm(loop_.now() + kPruneEvery);
  }

  void leaving_changed() {
    if (!report_timer_->armed()) report_timer_->arm(std::max(loop_.now(), last_report_ + kReportEvery));
  }
  void report() {
    last_report_ = loop_.now();
    control_.post(
        [events = events_, index = options_.index, counts = parts_->traffic.leaving_in_flight()]() mutable {
          if (*events) (*events)->in_flight_changed(index, std::move(counts));
        });
  }

  /// Looks at a drain again: when the last visitor has gone, now and then, and at the deadline.
  void drain_on() {
    if (!drained_) return;
    const TimePoint now = loop_.now();
    const TimePoint deadline = parts_->drain->deadline;
    if (now >= deadline) end_what_is_left(deadline + Drain::kLastWord);
    if (connections_.running() == 0) {
      control_.post(std::exchange(drained_, nullptr));
      return;
    }
    part_from_idle(now);
    drain_timer_->arm(now < deadline ? std::min(deadline, now + kDrainLook) : now + kDrainLook);
  }
  /// First an end that the visitor can read before he asks again; then an end to those who do not answer it.
  void part_from_idle(TimePoint now) {
    const ServedConnections all = visitors_;
    for (ServedConnection* each : all) {
      const TimePoint end = parts_->drain->end_of_idle(each->share());
      if (now < end || !each->idle()) continue;
      if (now >= end + Timeouts::kLinger) {
        each->abort();
      } else {
        each->part();
      }
    }
  }
  /// Cuts all; those who wait for the first byte of an answer are told why.
  void end_what_is_left(TimePoint last) {
    if (std::exchange(cut_, true)) {
      if (loop_.now() >= last) connections_.cancel();
      return;
    }
    std::vector<std::unique_ptr<io::Stream>> unanswered;
    for (ServedConnection* each : visitors_) {
      if (auto stream = each->take_unanswered()) unanswered.push_back(std::move(stream));
    }
    connections_.cancel();
    for (auto& each : unanswered) connections_.spawn(say_draining(*parts_, std::move(each), last));
  }
  static constexpr Duration kDrainLook = 50ms;

  const WorkerOptions options_;
  io::Loop loop_;
  io::Loop& control_;
  const WorkerEventsPlace events_;

  // Made on the worker's thread. Connections go before what they use.
  std::optional<WorkerParts> parts_;
  std::optional<MemoryReturn> memory_return_;
  ServedConnections visitors_;
  io::Scope connections_;
  Listeners listeners_{loop_, options_.tcp_bind};
  bool opens_ports_ = true;
  std::optional<io::Timer> prune_timer_;
  std::optional<io::Timer> report_timer_;
  std::optional<io::Timer> drain_timer_;
  TimePoint last_report_;
  std::function<void()> drained_;
  std::function<void()> stopped_;
  bool cut_ = false;  // at a drain's deadline
};

static PeerStatus peer_status_of(const Peer& peer, TimePoint now) {
  PeerStatus status;
  status.name = peer.name;
  status.task = peer.task;
  status.in_flight = peer.in_flight;
  status.idle = peer.idle.size();
  status.tries = peer.tries;
  status.failures = peer.failures;
  status.last_failure = peer.last_failure;
  status.rests = peer.rests(now);
  status.latency = peer.latency;
  return status;
}

WorkerStatus Worker::Thread::status() const {
  WorkerStatus status;
  const Traffic& traffic = parts_->traffic;
  status.worker = options_.index;
  status.snapshot = traffic.present()->number;
  status.counters = parts_->counters;
  status.borrowed_buffers = parts_->buffers.borrowed();
  status.requests = traffic.requests();
  status.script_errors = parts_->scripts.errors();
  const auto& of_balancers = traffic.balance_scripts().errors();
  status.script_errors.insert(of_balancers.begin(), of_balancers.end());
  const TimePoint now = loop_.now();
  traffic.each_peer([&](const Peer& peer) {
    status.peer_connections += peer.connections();
    if (peer.listings == 0 && peer.in_flight > 0) status.leaving.push_back(peer_status_of(peer, now));
  });
  traffic.each_upstream([&](const UpstreamState& upstream) {
    if (!upstream.listed) return;
    for (size_t place = 0; place < upstream.peers.size(); ++place) {
      PeerStatus& peer = status.peers.emplace_back(peer_status_of(*upstream.peers[place], now));
      peer.upstream = upstream.name;
      peer.codes = upstream.codes[place];
      peer.share_percent = upstream.share_of(place, now) * 100 / kWholeShare;
    }
  });
  return status;
}

Worker::Worker(WorkerOptions options, io::Loop& control, WorkerEventsPlace events)
    : inner_(std::make_unique<Thread>(std::move(options), control, std::move(events))),
      thread_([inner = inner_.get()] { inner->run(); }) {}

Worker::~Worker() {
  inner_->loop().stop();
  thread_.join();
}

void Worker::post(std::function<void(Thread&)> work) {
  inner_->loop().post([inner = inner_.get(), work = std::move(work)] { work(*inner); });
}

void Worker::apply(SnapshotPtr snapshot) {
  post([snapshot = std::move(snapshot)](Thread& thread) { thread.apply(snapshot); });
}

// Answers are called on the control thread.
template <class T>
static void answer_on(io::Loop& control, const std::function<void(T)>& answer, T value) {
  control.post([answer, value = std::move(value)] { answer(value); });
}

void Worker::listen_http(io::Address address, std::function<void(Result<io::Address>)> answer) {
  post([address = std::move(address), answer = std::move(answer)](Thread& thread) {
    answer_on(thread.control(), answer, thread.listen_http(address));
  });
}

void Worker::listen_https(io::Address address, std::function<void(Result<io::Address>)> answer) {
  post([address = std::move(address), answer = std::move(answer)](Thread& thread) {
    answer_on(thread.control(), answer, thread.listen_https(address));
  });
}

void Worker::listen_tcp(io::Address address, std::string upstream,
                        std::function<void(Result<io::Address>)> answer) {
  post([address = std::move(address), upstream = std::move(upstream), answer = std::move(answer)](
           Thread& thread) { answer_on(thread.control(), answer, thread.listen_tcp(address, upstream)); });
}

void Worker::status(std::function<void(WorkerStatus)> answer) {
  post(
      [answer = std::move(answer)](Thread& thread) { answer_on(thread.control(), answer, thread.status()); });
}

void Worker::answers(std::function<void(ServiceAnswers)> answer) {
  post([answer = std::move(answer)](Thread& thread) {
    answer_on(thread.control(), answer, thread.answers());
  });
}

void Worker::ping(std::function<void()> answer) {
  post([answer = std::move(answer)](Thread& thread) { thread.control().post(answer); });
}

void Worker::inherit(Sockets sockets) {
  post([sockets = std::make_shared<Sockets>(std::move(sockets))](Thread& thread) {
    thread.inherit(std::move(*sockets));
  });
}

void Worker::open_ports(SnapshotPtr snapshot) {
  post([snapshot = std::move(snapshot)](Thread& thread) { thread.open_ports(snapshot); });
}

void Worker::copy_sockets(std::function<void(std::shared_ptr<Sockets>)> answer) {
  post([answer = std::move(answer)](Thread& thread) {
    answer_on(thread.control(), answer, std::make_shared<Sockets>(thread.copy_sockets()));
  });
}

void Worker::drain(Drain how, std::function<void()> answer) {
  post([how = std::move(how), answer = std::move(answer)](Thread& thread) { thread.drain(how, answer); });
}

void Worker::resume(SnapshotPtr snapshot) {
  post([snapshot = std::move(snapshot)](Thread& thread) { thread.resume(snapshot); });
}

void Worker::stop(std::function<void()> answer) {
  post([answer = std::move(answer)](Thread& thread) { thread.stop(answer); });
}

}  // namespace hancock::slardar
