#include "slardar/gateway.h"

#include "base/log.h"
#include "base/random.h"

namespace hancock::slardar {
namespace {

constexpr Duration kTick = 1s;
constexpr Duration kViewWait = 1s;
constexpr Duration kEndWait = 2s;  // for the workers' threads
constexpr size_t kDescriptorsKept = 256;

registry::GatewayRecord self_of(const Config& config) {
  registry::GatewayRecord self;
  self.id = config.id.empty() ? "gw-" + system_random().id(12) : config.id;
  self.site = config.site;
  self.version = kVersion;
  self.address = config.address;
  const std::vector<io::Address>& visitors = config.http.empty() ? config.https : config.http;
  if (self.address.empty() && !visitors.empty()) self.address = visitors.front().to_string();
  return self;
}

std::unique_ptr<AccessLog> open_log(const Config& config) {
  if (config.access_log.empty()) return nullptr;
  auto opened = AccessLog::open(config.access_log, config.access_log_format, config.workers);
  if (opened) return std::move(*opened);
  log::error("control", "access_log: {}", opened.error().message);
  return nullptr;
}

// A visitor costs a descriptor of his own and one to his peer; some are kept
// back for the control thread.
WorkerOptions worker_options(const Config& config, const Freshness& freshness, AccessLog* access_log,
                             TimePoint now) {
  WorkerOptions options;
  options.access_log = access_log;
  options.proxies = config.proxy_protocol;
  options.trace_start = config.trace_start;
  for (unsigned char& byte : options.ticket_seed) byte = static_cast<unsigned char>(system_random().next());
  options.ticket_begun = now;
  options.tcp_bind = config.tcp_bind;
  options.freshness = &freshness;
  const size_t usable = std::max(config.descriptors, 2 * kDescriptorsKept) - kDescriptorsKept;
  options.connections_max = usable / 2 / config.workers;
  return options;
}

}  // namespace

Gateway::Gateway(io::Loop& loop, Config config, store::Store& store)
    : loop_(loop),
      config_(std::move(config)),
      started_(system_clock().wall()),
      self_(self_of(config_)),
      freshness_(config_.max_stale),
      access_log_(open_log(config_)),
      ports_(loop, config_.tcp_bind),
      workers_(loop, config_.workers, worker_options(config_, freshness_, access_log_.get(), loop.now()),
               {[this] {
                  session_.acknowledged();
                  progress_.set();
                },
                [this](uint16_t port, std::string why) {
                  if (ports_.failed(port, std::move(why))) session_.rebuild();
                }}),
      publisher_(loop, workers_, ports_, config_.state, [this] { session_.rebuild(); }),
      session_(loop, store, registry::Keys(config_.prefix), self_, workers_, publisher_, freshness_),
      certificates_(loop, config_.certificates,
                    [this] {
                      publisher_.set_certificates(certificates_.files());
                      session_.rebuild();
                    }),
      admin_(
          loop, [this] { return view(); }, [this] { return ready(); }),
      stop_(loop),
      progress_(loop) {}

Gateway::~Gateway() { scope_.cancel(); }

void Gateway::stop() {
  ++stops_;
  stop_.set();
}

void Gateway::reopen_log() {
  if (access_log_) access_log_->reopen();
}

std::optional<io::Address> Gateway::address_of(std::string_view kind) const {
  for (const GatewayView::Listener& each : listeners_) {
    if (each.kind == kind) return *io::Address::parse(each.address);
  }
  return std::nullopt;
}

io::Async<int> Gateway::run() {
  const bool started = co_await start();
  if (started) {
    while (stops_ == 0) co_await stop_.wait();
    co_await drain();
  }
  scope_.cancel();
  co_await session_.close();
  co_await publisher_.close();
  co_await admin_.close(loop_.now());
  const bool ended = co_await workers_.stop(loop_.now() + kEndWait);
  if (!ended) log::error("control", "a worker hangs: left behind");
  const bool is_logged = !ended || !access_log_ || access_log_->close(kEndWait);
  if (!is_logged) log::error("control", "the access log takes nothing: its thread is left behind");
  hangs_ = !ended || !is_logged;
  const bool well = started && !hangs_;
  co_return well ? 0 : 1;
}

io::Async<bool> Gateway::start() {
  if (!config_.access_log.empty() && !access_log_) co_return false;
  log::info("control", "slardar {} starts as {}, {} workers", kVersion, self_.id, workers_.size());
  const bool possible = start_admin() && probe_listeners();
  if (!possible) co_return false;
  certificates_.start();
  scope_.spawn(tick());
  session_.start();
  // Nobody is overlooked by a barrier: listening comes after presence and load, or from the disk.
  while (!session_.serving() && stops_ == 0) co_await progress_.wait(loop_.now() + kTick);
  if (stops_ > 0) co_return true;
  co_return co_await open_listeners();
}

bool Gateway::start_admin() {
  auto bound = admin_.listen(config_.admin);
  if (!bound) {
    log::error("control", "--admin: {}", bound.error().message);
    return false;
  }
  listeners_.push_back({"admin", bound->to_string(), ""});
  log::info("control", "admin on {}", bound->to_string());
  return true;
}

// Said at once, not after the load: an address that is taken, also by a gateway that would share it.
bool Gateway::probe_listeners() {
  std::vector<std::pair<std::string_view, io::Address>> wanted;
  for (const io::Address& each : config_.http) wanted.emplace_back("--http", each);
  for (const io::Address& each : config_.https) wanted.emplace_back("--https", each);
  for (const Config::FixedTcp& each : config_.tcp) wanted.emplace_back("--tcp", each.address);
  for (const auto& [flag, address] : wanted) {
    const auto probed = probe_address(loop_, address);
    if (probed) continue;
    log::error("control", "{}: {}", flag, probed.error().message);
    return false;
  }
  return true;
}

io::Async<bool> Gateway::open_visitors() {
  bool named = false;
  for (const bool encrypted : {false, true}) {
    const std::string kind = encrypted ? "https" : "http";
    for (const io::Address& each : encrypted ? config_.https : config_.http) {
      auto opening = encrypted ? workers_.listen_https(each) : workers_.listen_http(each);
      auto bound = co_await std::move(opening);
      if (!bound) {
        log::error("control", "--{}: {}", kind, bound.error().message);
        co_return false;
      }
      listeners_.push_back({kind, bound->to_string(), ""});
      log::info("control", "{} on {}", kind, bound->to_string());
      if (config_.address.empty() && !std::exchange(named, true)) session_.set_address(bound->to_string());
    }
  }
  co_return true;
}

io::Async<bool> Gateway::open_listeners() {
  const bool opened = co_await open_visitors();
  if (!opened) co_return false;
  for (const Config::FixedTcp& each : config_.tcp) {
    auto bound = co_await workers_.listen_tcp(each.address, each.upstream);
    if (!bound) {
      log::error("control", "--tcp: {}", bound.error().message);
      co_return false;
    }
    listeners_.push_back({"tcp", bound->to_string(), each.upstream});
    log::info("control", "tcp on {} to {}", bound->to_string(), each.upstream);
  }
  listening_ = true;
  session_.acknowledged();
  co_return true;
}

io::Async<void> Gateway::drain() {
  log::info("control", "draining, at most {} s",
            std::chrono::duration_cast<std::chrono::seconds>(config_.drain).count());
  io::Scope draining;
  const TimePoint deadline = loop_.now() + config_.drain;
  draining.spawn(workers_.drain(deadline));
  // Asked twice: in a hurry.
  while (draining.running() > 0 && stops_ < 2) co_await stop_.wait(loop_.now() + 20ms);
  draining.cancel();
  log::info("control", "drained");
}

io::Async<void> Gateway::tick() {
  while (true) {
    workers_.ping();
    co_await loop_.sleep_for(kTick);
  }
}

bool Gateway::ready() const { return listening_ && stops_ == 0 && session_.current(); }

io::Async<GatewayView> Gateway::view() {
  auto workers = co_await workers_.status(loop_.now() + kViewWait);
  GatewayView view;
  view.id = self_.id;
  view.site = self_.site;
  view.started = started_;
  view.now = system_clock().wall();
  view.snapshot = publisher_.snapshot();
  view.listeners = listeners_;
  if (listening_ && stops_ == 0) {
    for (const TcpEntrance& each : view.snapshot->tcp) {
      const io::Address address = *io::Address::of(config_.tcp_bind, each.port);
      view.listeners.push_back({"tcp", address.to_string(), view.snapshot->routes[each.route]->source});
    }
  }
  view.in_touch = session_.in_touch();
  view.ready = ready();
  view.draining = stops_ > 0;
  view.from_disk = publisher_.from() == Publisher::From::kDisk;
  view.failed_saves = publisher_.failed_saves();
  view.log_dropped = access_log_ ? access_log_->dropped() : 0;
  view.revision = session_.confd().revision().value();
  const TimePoint contact = session_.last_contact();
  if (contact != TimePoint()) view.lag_seconds = std::chrono::duration<double>(loop_.now() - contact).count();
  view.last_error = session_.last_error().empty() ? session_.confd().last_error() : session_.last_error();
  view.applied = session_.applied();
  view.workers_wanted = workers_.size();
  view.workers = std::move(workers);
  co_return view;
}

}  // namespace hancock::slardar
