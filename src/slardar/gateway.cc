#include "slardar/gateway.h"

#include <unistd.h>

#include "base/encoding.h"
#include "base/log.h"
#include "base/random.h"

namespace hancock::slardar {
namespace {

constexpr Duration kTick = 1s;
constexpr Duration kViewWait = 1s;
constexpr Duration kEndWait = 2s;  // for the workers' threads
constexpr Duration kAdminEnd = 1s;
constexpr Duration kWatchSuccessor = 2s;  // so long at least, in case that it ends at once
constexpr size_t kDescriptorsKept = 256;
constexpr size_t kChecksPart = 64;  // of all descriptors that checks may have

// While two processes of a gateway live each has a record, so that a barrier waits for both: the newer one
// takes the older one's id when that has ended.
std::string first_id(const Config& config, const Predecessor* predecessor) {
  if (!predecessor) return config.id.empty() ? "gw-" + system_random().id(12) : config.id;
  const std::string& taken = predecessor->greeting().id;
  return config.id.empty() || config.id == taken ? taken + "." + system_random().id(6) : config.id;
}

registry::GatewayRecord self_of(const Config& config, const Predecessor* predecessor) {
  registry::GatewayRecord self;
  self.id = first_id(config, predecessor);
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

// Each has a connection; half of what is kept back is theirs in any case.
size_t checks_at_once(const Config& config) {
  return std::clamp(config.descriptors / kChecksPart, kDescriptorsKept / 2, Checker::kRunningMax);
}

// A visitor costs a descriptor of his own and one to his peer; some are kept
// back for the control thread.
WorkerOptions worker_options(const Config& config, const Freshness& freshness, AccessLog* access_log,
                             const io::TicketKeys& tickets) {
  WorkerOptions options;
  options.access_log = access_log;
  options.proxies = config.proxy_protocol;
  options.trace_start = config.trace_start;
  options.via = config.via;
  options.tickets = tickets;
  options.opens_ports = !config.upgrade;
  options.tcp_bind = config.tcp_bind;
  options.freshness = &freshness;
  const size_t kept = kDescriptorsKept / 2 + checks_at_once(config);
  const size_t usable = std::max(config.descriptors, 2 * kept) - kept;
  options.connections_max = usable / 2 / config.workers;
  return options;
}

io::TicketKeys make_tickets(const Predecessor* predecessor, TimePoint now) {
  if (predecessor) return io::TicketKeys(predecessor->greeting().tickets);
  io::TicketKeys::Seed seed{};
  for (unsigned char& byte : seed) byte = static_cast<unsigned char>(system_random().next());
  return io::TicketKeys(seed, now);
}

}  // namespace

Gateway::Gateway(io::Loop& loop, Config config, store::Store& store, std::unique_ptr<Predecessor> predecessor)
    : loop_(loop),
      config_(std::move(config)),
      started_(system_clock().wall()),
      predecessor_(std::move(predecessor)),
      self_(self_of(config_, predecessor_.get())),
      tickets_(make_tickets(predecessor_.get(), loop.now())),
      freshness_(config_.max_stale),
      access_log_(open_log(config_)),
      ports_(loop, config_.tcp_bind),
      workers_(loop, config_.workers, worker_options(config_, freshness_, access_log_.get(), tickets_),
               {[this] {
                  session_.acknowledged();
                  progress_.set();
                },
                [this](uint16_t port, std::string why) {
                  if (ports_.failed(port, std::move(why))) session_.rebuild();
                }}),
      check_scripts_(system_random().next()),
      checker_(loop, system_random().next(), checks_at_once(config_)),
      publisher_(loop, workers_, checker_, ports_, config_.state, config_.resolvers,
                 [this] { session_.rebuild(); }),
      session_(loop, store, registry::Keys(config_.prefix), self_, workers_, publisher_, freshness_),
      certificates_(loop, config_.certificates,
                    [this] {
                      publisher_.set_certificates(certificates_.files());
                      session_.rebuild();
                    }),
      progress_(loop),
      writer_(loop, store, session_, publisher_, workers_, progress_),
      admin_(
          loop, AdminAccess(config_.admin_tokens, config_.admin_allow), [this] { return view(); },
          [this] { return ready(); }, UpstreamCalls(session_.confd(), writer_),
          LuaCalls(session_.confd(), publisher_, writer_)),
      entrances_(loop, config_, workers_),
      succession_(loop, {[this] {
                           return HandoverGreeting{session_.id(), ::getpid(), tickets_.state(loop_.now())};
                         },
                         [this] { return copy_sockets(); }, [this] { stop_.set(); },
                         [this] {
                           if (local_store_) local_store_->take_back();
                         }}),
      stop_(loop) {
  if (config_.prefer_site) publisher_.prefer_site(config_.site);
  session_.on_built([this] { progress_.set(); });
  checker_.set_more_kinds(
      [this](const std::string& kind) { return check_scripts_.find(kind, publisher_.snapshot()->lua); });
}

Gateway::~Gateway() { scope_.cancel(); }

void Gateway::stop() {
  ++stops_;
  stop_.set();
}

void Gateway::reopen_log() {
  if (access_log_) access_log_->reopen();
}

io::Async<int> Gateway::run() {
  const bool started = co_await start();
  if (started) co_await serve_to_the_end();
  scope_.cancel();
  co_await session_.close();
  co_await publisher_.close();
  co_await admin_.close(loop_.now());
  const bool ended = co_await workers_.stop(loop_.now() + kEndWait);
  if (!ended) log::error("control", "a worker hangs: left behind");
  const bool is_logged = !ended || !access_log_ || access_log_->close(kEndWait);
  if (!is_logged) log::error("control", "the access log takes nothing: its thread is left behind");
  succession_.close();  // a successor hears that this is the end
  hangs_ = !ended || !is_logged;
  const bool redundant = predecessor_ && predecessor_->serves_on();
  const bool well = started && !hangs_ && !redundant;
  co_return well ? 0 : 1;
}

io::Async<void> Gateway::serve_to_the_end() {
  while (true) {
    while (stops_ == 0 && !succession_.succeeded()) co_await stop_.wait();
    const bool succeeded = stops_ == 0;
    bool over = true;
    if (succeeded) {
      over = co_await give_way();
    } else {
      co_await drain();
    }
    if (over) co_return;
  }
}

// False: the successor has ended before this one, which serves again.
io::Async<bool> Gateway::give_way() {
  log::info("control", "process {} serves: draining", succession_.successor());
  publisher_.set_keeper(Publisher::Keeper::kOther);
  io::Scope draining;
  Drain how(loop_.now(), config_.drain);
  how.handed_over = std::make_shared<const std::set<std::string>>(succession_.taken());
  draining.spawn(workers_.drain(how));
  io::Scope pausing;
  pausing.spawn(admin_.pause(loop_.now() + kAdminEnd));
  const TimePoint watched = loop_.now() + kWatchSuccessor;
  const auto goes_on = [&] { return draining.running() > 0 || loop_.now() < watched; };
  while (goes_on() && stops_ < 2 && succession_.succeeded()) co_await stop_.wait(loop_.now() + 20ms);
  draining.cancel();
  co_await pausing.join();
  if (succession_.succeeded() || stops_ > 1) {
    log::info("control", "drained");
    co_return true;
  }
  log::error("control", "the process that took over has ended: serving again");
  workers_.resume(publisher_.snapshot());
  admin_.resume();
  publisher_.set_keeper(Publisher::Keeper::kThis);
  co_return false;
}

io::Async<void> Gateway::drain() {
  const TimePoint delayed_until = loop_.now() + (listening_ ? config_.drain_delay : Duration());
  if (loop_.now() < delayed_until)
    log::info("control", "not ready any more, draining in {} s", config_.drain_delay / 1s);
  while (stops_ < 2 && loop_.now() < delayed_until) co_await stop_.wait(delayed_until);
  log::info("control", "draining, at most {} s", config_.drain / 1s);
  io::Scope draining;
  draining.spawn(workers_.drain(Drain(loop_.now(), config_.drain)));
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

const std::string& Gateway::conf_hash() {
  const uint64_t number = publisher_.snapshot()->number;
  if (!conf_hash_.empty() && hashed_ == number) return conf_hash_;
  std::string all;
  for (const auto& [key, text] : session_.confd().records().texts()) {
    all.append(key).push_back('\0');
    all.append(text).push_back('\0');
  }
  hashed_ = number;
  return conf_hash_ = sha256_hex(all);
}

io::Async<GatewayView> Gateway::view() {
  auto workers = co_await workers_.status(loop_.now() + kViewWait);
  GatewayView view;
  view.id = session_.id();
  view.site = self_.site;
  view.started = started_;
  view.now = system_clock().wall();
  view.snapshot = publisher_.snapshot();
  view.conf_hash = conf_hash();
  view.moment = loop_.now();
  view.checks = checker_.reports();
  view.check_script_errors = check_scripts_.errors();
  view.listeners = entrances_.listed();
  if (listening_ && stops_ == 0) {
    for (const TcpEntrance& each : view.snapshot->tcp) {
      const io::Address address = *io::Address::of(config_.tcp_bind, each.port);
      view.listeners.push_back({"tcp", address.to_string(), view.snapshot->routes[each.route]->source});
    }
  }
  view.in_touch = session_.in_touch();
  view.ready = ready();
  view.draining = stops_ > 0 || succession_.succeeded();
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
