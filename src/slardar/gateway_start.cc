// Gateway's start: alone, or in the place of a process that serves (handover.h).
#include <fcntl.h>

#include "base/log.h"
#include "base/program_pages.h"
#include "slardar/gateway.h"

namespace hancock::slardar {
namespace {

constexpr Duration kLook = 1s;
constexpr Duration kTakeOverWait = 1min;  // until it could serve
constexpr Duration kSwapWait = 10s;

const std::string kHandover(kHandoverSocket);

UniqueFd take(Sockets& sockets, const std::string& address) {
  const auto found = sockets.find(address);
  if (found == sockets.end()) return {};
  UniqueFd socket = std::move(found->second);
  sockets.erase(found);
  return socket;
}

/// Those of `sockets` that routes have opened: what the configuration names is no route's.
std::set<uint16_t> ports_of_routes(const Sockets& sockets, const Config& config) {
  std::set<uint16_t> ports;
  for (const auto& [text, socket] : sockets) {
    const auto address = io::Address::parse(text);
    if (address && address->host() == config.tcp_bind) ports.insert(address->port());
  }
  for (const io::Address& each : config.http) ports.erase(each.port());
  for (const io::Address& each : config.https) ports.erase(each.port());
  for (const Config::FixedTcp& each : config.tcp) ports.erase(each.address.port());
  if (config.admin.family() != AF_UNIX) ports.erase(config.admin.port());
  return ports;
}

}  // namespace

io::Async<bool> Gateway::start() {
  if (!config_.access_log.empty() && !access_log_) co_return false;
  log::info("control", "slardar {} starts as {}, {} workers", kVersion, self_.id, workers_.size());
  Sockets inherited;
  if (predecessor_) {
    log::info("control", "takes over from process {}", predecessor_->pid());
    ports_.wait_to_inherit();
  } else {
    const bool possible = start_admin(inherited) && entrances_.probe(inherited);
    if (!possible) co_return false;
  }
  certificates_.start();
  scope_.spawn(tick());
  session_.start();
  const bool loaded = co_await load();
  if (!loaded || stops_ > 0) co_return loaded;
  if (predecessor_) {
    auto sockets = co_await inherit();
    if (!sockets) {
      log::error("control", "{}", sockets.error().message);
      co_return false;
    }
    inherited = std::move(*sockets);
    const bool possible = entrances_.probe(inherited) && start_admin(inherited);
    if (!possible) co_return false;
  }
  co_return co_await open(std::move(inherited));
}

// Nobody is overlooked by a barrier: listening comes after presence and load, or from the disk. While another
// process serves nothing less than the Registry itself will do.
io::Async<bool> Gateway::load() {
  const TimePoint deadline = loop_.now() + kTakeOverWait;
  while (stops_ == 0) {
    const bool replaces = predecessor_ && !predecessor_->gone();
    if (replaces ? session_.current() : session_.serving()) break;
    if (replaces && predecessor_->serves_on()) {
      log::error("control", "process {} serves on", predecessor_->pid());
      co_return false;
    }
    if (replaces && loop_.now() >= deadline) {
      log::error("control", "not ready after {}s: {}", kTakeOverWait / 1s, session_.last_error());
      co_return false;
    }
    co_await progress_.wait(loop_.now() + kLook);
  }
  co_return true;
}

io::Async<Result<Sockets>> Gateway::inherit() {
  auto sockets = co_await predecessor_->take_sockets();
  if (!sockets) co_return forward_error(sockets);
  auto changes = co_await take_over_changes();
  if (!changes) co_return forward_error(changes);
  ports_.inherit(ports_of_routes(*sockets, config_));
  session_.rebuild();
  const TimePoint deadline = loop_.now() + kSwapWait;
  while (workers_.acknowledgement().number() < publisher_.snapshot()->number) {
    if (loop_.now() >= deadline) co_return fail(ErrorCode::kTimeout, "a worker does not answer");
    co_await progress_.wait(loop_.now() + kLook);
  }
  co_return sockets;
}

// What was changed at the older process until it lent the file is part of the first that this one serves.
io::Async<Result<void>> Gateway::take_over_changes() {
  if (!local_store_) co_return Result<void>();
  const TimePoint deadline = loop_.now() + kSwapWait;
  auto revision = co_await local_store_->take_over(deadline);
  if (!revision) co_return forward_error(revision);
  const std::string operators = session_.confd().records().keys().upstreams();
  while (session_.confd().built(operators) < *revision) {
    if (loop_.now() >= deadline) co_return fail(ErrorCode::kTimeout, "what was changed is not read");
    co_await progress_.wait(loop_.now() + kLook);
  }
  co_return Result<void>();
}

bool Gateway::start_admin(Sockets& inherited) {
  UniqueFd socket = take(inherited, config_.admin.to_string());
  auto bound = socket ? Result<io::Address>(admin_.adopt(std::move(socket))) : admin_.listen(config_.admin);
  if (!bound) {
    log::error("control", "--admin: {}", bound.error().message);
    return false;
  }
  entrances_.add({"admin", bound->to_string(), ""});
  log::info("control", "admin on {}", bound->to_string());
  return true;
}

io::Async<bool> Gateway::open(Sockets inherited) {
  await_successor(inherited);
  std::vector<std::string> taken = entrances_.among(inherited, *publisher_.snapshot());
  workers_.inherit(std::move(inherited));
  const bool opened = co_await entrances_.open();
  if (!opened) co_return false;
  workers_.open_ports(publisher_.snapshot());
  if (config_.address.empty()) {
    const auto http = address_of("http");
    const auto visitors = http ? http : address_of("https");
    if (visitors) session_.set_address(visitors->to_string());
  }
  listening_ = true;
  give_back_program_pages();
  session_.acknowledged();
  if (predecessor_) {
    co_await predecessor_->say_serving(std::move(taken));
    scope_.spawn(succeed());
  }
  co_return true;
}

io::Async<void> Gateway::succeed() {
  co_await predecessor_->end();
  if (predecessor_->serves_on()) {
    log::error("control", "process {} serves on: this one ends", predecessor_->pid());
    stop();
    co_return;
  }
  log::info("control", "the process before this one has ended");
  const std::string& id = predecessor_->greeting().id;
  if (config_.id.empty() || config_.id == id) session_.take_id(id);
}

void Gateway::await_successor(Sockets& inherited) {
  if (UniqueFd socket = take(inherited, kHandover)) return succession_.adopt(std::move(socket));
  const auto listening = succession_.listen(*address_of("admin"));
  if (!listening) log::warn("control", "--upgrade will not find this process: {}", listening.error().message);
}

io::Async<Sockets> Gateway::copy_sockets() {
  if (local_store_) co_await local_store_->lend();
  Sockets all = co_await workers_.copy_sockets();
  const auto admin = address_of("admin");
  all.emplace(admin->to_string(), admin_.copy_socket());
  all.emplace(kHandover, UniqueFd(::fcntl(succession_.socket(), F_DUPFD_CLOEXEC, 0)));
  co_return all;
}

}  // namespace hancock::slardar
