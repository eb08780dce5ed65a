#include "real_gateway.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>

#include "base/file.h"

namespace hancock::slardar::testing {
namespace {

io::Async<void> sleep(io::Loop& loop, Duration span) { co_await loop.sleep_for(span); }

}  // namespace

RealGateway::RealGateway(size_t etcd_members) : state(folder / "state"), client_(loop) {
  auto started = etcd::EtcdCluster::start(etcd_members);
  if (!started) ADD_FAILURE() << started.error().message;
  etcd = std::move(*started);
  store_.emplace(loop, client_, etcd->clients());
}

RealGateway::RealGateway(const RealGateway& other)
    : etcd(other.etcd), state(folder / "state"), client_(loop) {
  store_.emplace(loop, client_, etcd->clients());
}

RealGateway::~RealGateway() {
  if (::testing::Test::HasFailure()) {
    if (const auto log = read_file(folder / "slardar.log")) std::fputs(log->c_str(), stderr);
  }
  if (next_) kill_next();
  if (process_) kill();
}

std::string RealGateway::etcd_list() const {
  std::string list;
  for (const io::Address& each : etcd->clients())
    list += (list.empty() ? "" : ",") + io::Address::of(etcd_ip, each.port())->to_string();
  return list;
}

void RealGateway::start(std::vector<std::string> more) {
  launch(std::move(more));
  EXPECT_TRUE(until([&] { return has_started() && listens(); }));
}

// The first worker listens a moment before the last.
bool RealGateway::has_started() const {
  const auto log = read_file(folder / "slardar.log");
  return log && log->find("http on " + http.to_string() + "\n", log_before_) != std::string::npos;
}

bool RealGateway::listens() {
  return static_cast<bool>(loop.block_on(io::connect(loop, http, loop.now() + 1s)));
}

void RealGateway::launch(std::vector<std::string> more) {
  spawn(std::move(more));
  EXPECT_TRUE(until([&] { return admin("/healthz").status == 200; }));
}

void RealGateway::spawn(std::vector<std::string> more) {
  http = *io::Address::of("127.0.0.1", free_port(loop));
  admin_address = *io::Address::of("127.0.0.1", free_port(loop));
  argv_ = {SLARDAR_PROGRAM,
           "--http",
           http.to_string(),
           "--admin",
           admin_address.to_string(),
           "--tcp-bind",
           "127.0.0.1",
           "--workers",
           "2",
           "--state",
           state};
  if (const std::string list = etcd_list(); !list.empty()) argv_.insert(argv_.end(), {"--etcd", list});
  argv_.insert(argv_.end(), more.begin(), more.end());
  const std::filesystem::path log = folder / "slardar.log";
  log_before_ = std::filesystem::exists(log) ? std::filesystem::file_size(log) : 0;
  process_ = run_program(argv_);
}

std::optional<Process> RealGateway::run_program(std::vector<std::string> argv) const {
  SpawnOptions options;
  options.argv = std::move(argv);
  options.env = {"HANCOCK_LOG=debug"};
  options.log = folder / "slardar.log";
  options.death_signal = SIGKILL;
  auto process = Process::spawn(options);
  if (process) return std::move(*process);
  ADD_FAILURE() << process.error().message;
  return std::nullopt;
}

void RealGateway::start_next(std::vector<std::string> more, const std::string& workers) {
  std::vector<std::string> argv = argv_;
  *(std::find(argv.begin(), argv.end(), "--workers") + 1) = workers;
  argv.push_back("--upgrade");
  argv.insert(argv.end(), more.begin(), more.end());
  next_ = run_program(std::move(argv));
}

int RealGateway::wait_for(std::optional<Process>& process) {
  Result<ExitStatus> end;
  EXPECT_TRUE(until(
      [&] {
        end = process->wait(BootClock::now());
        return end || end.error().code != ErrorCode::kTimeout;
      },
      kPatience));
  process.reset();
  if (!end) return -1;
  return end->signal == 0 ? end->code : 256 + end->signal;
}

int RealGateway::wait_for_next() { return wait_for(next_); }

void RealGateway::kill_next() {
  (void)next_->send_signal(SIGKILL);
  (void)next_->wait(BootClock::now() + kPatience);
  next_.reset();
}

int RealGateway::hand_over() {
  const int code = wait_for(process_);
  process_ = std::exchange(next_, std::nullopt);
  return code;
}

void RealGateway::ask_to_end() { EXPECT_TRUE(process_->send_signal(SIGTERM)); }

int RealGateway::stop() {
  ask_to_end();
  const int code = wait_for(process_);  // the peers still answer
  return code < 256 ? code : -1;
}

void RealGateway::kill() {
  (void)process_->send_signal(SIGKILL);
  (void)process_->wait(BootClock::now() + kPatience);
  process_ = std::exchange(next_, std::nullopt);
}

void RealGateway::pause() { EXPECT_TRUE(process_->send_signal(SIGSTOP)); }
void RealGateway::resume() { EXPECT_TRUE(process_->send_signal(SIGCONT)); }

pid_t RealGateway::thread(const std::string& name) {
  const std::filesystem::path tasks = "/proc/" + std::to_string(process_->pid()) + "/task";
  for (const auto& each : std::filesystem::directory_iterator(tasks)) {
    const auto called = read_file(each.path() / "comm");
    if (called && *called == name + "\n") return std::stoi(each.path().filename());
  }
  return 0;
}

store::Revision RealGateway::put(const std::string& key, const std::string& value) {
  return put_all({{key, value}});
}

store::Revision RealGateway::put_all(const std::vector<std::pair<std::string, std::string>>& records) {
  store::Transaction transaction;
  for (const auto& [key, value] : records)
    transaction.operations.push_back(store::Operation::put(key, value));
  // A member that is paused gives no answer: the next one is asked then.
  const TimePoint deadline = loop.now() + kPatience;
  while (true) {
    auto done = loop.block_on(store_->commit(transaction, loop.now() + 2s));
    if (done) return done->revision;
    if (loop.now() < deadline) continue;
    ADD_FAILURE() << done.error().message;
    return {};
  }
}

void RealGateway::remove(const std::string& key) {
  store::Transaction transaction;
  transaction.operations.push_back(store::Operation::remove(key));
  EXPECT_TRUE(loop.block_on(store_->commit(std::move(transaction), loop.now() + kPatience)));
}

store::Revision RealGateway::revision() {
  const auto found = loop.block_on(store_->range(store::KeyRange::key("/"), loop.now() + kPatience));
  EXPECT_TRUE(found) << (found ? "" : found.error().message);
  return found ? found->revision : store::Revision();
}

void RealGateway::compact() {
  EXPECT_TRUE(loop.block_on(store_->compact(revision(), loop.now() + kPatience)));
}

std::optional<registry::GatewayRecord> RealGateway::record() {
  auto all = records();
  return all.empty() ? std::nullopt : std::optional(std::move(all.front()));
}

std::vector<registry::GatewayRecord> RealGateway::records() {
  auto found = loop.block_on(
      store_->range(store::KeyRange::prefix(registry::Keys().gateways()), loop.now() + kPatience));
  std::vector<registry::GatewayRecord> all;
  if (!found) return all;
  for (const auto& each : found->items) all.push_back(*registry::decode<registry::GatewayRecord>(each.value));
  return all;
}

HttpPeer& RealGateway::peer(HttpPeer::Answer answer) {
  return *peers_.emplace_back(std::make_unique<HttpPeer>(loop, std::move(answer)));
}
HttpPeer& RealGateway::named_peer(const std::string& name) {
  return peer([name](const http::RequestHead&, const std::string&) { return http::Response(200, name); });
}
ScriptedPeer& RealGateway::scripted_peer(std::deque<ScriptedPeer::Script> connections) {
  return *scripted_.emplace_back(std::make_unique<ScriptedPeer>(loop, std::move(connections)));
}

http::Answer RealGateway::fetch(const io::Address& address, http::RequestHead request,
                                const std::string& body) {
  auto answer = loop.block_on(client_.fetch(address, std::move(request), body, loop.now() + kPatience));
  if (answer) return *answer;
  http::Answer none;
  none.body = answer.error().message;
  return none;
}

http::Answer RealGateway::get(const std::string& host, const std::string& path) {
  http::RequestHead request("GET", path);
  request.headers.set("Host", host);
  return fetch(http, std::move(request));
}

http::Answer RealGateway::get_at(const io::Address& address, const std::string& host) {
  http::RequestHead request("GET", "/");
  request.headers.set("Host", host);
  return fetch(address, std::move(request));
}

double RealGateway::metric(const std::string& name) {
  const std::string text = "\n" + admin("/metrics").body;
  const size_t at = text.find("\n" + name + " ");
  return at == std::string::npos ? -1 : std::strtod(text.c_str() + at + name.size() + 2, nullptr);
}

http::Answer RealGateway::admin(const std::string& path, const std::string& method, const std::string& body,
                                http::Headers headers) {
  return fetch(admin_address, http::RequestHead(method, path, std::move(headers)), body);
}

http::Answer RealGateway::write(const std::string& path, const std::string& body) {
  http::Answer answer;
  const auto is_answered = [&] { return (answer = admin(path, "PUT", body)).status != 202; };
  EXPECT_TRUE(until(is_answered, kPatience));
  return answer;
}

bool RealGateway::until(const std::function<bool()>& holds, Duration within) {
  const TimePoint deadline = loop.now() + within;
  while (!holds()) {
    if (loop.now() >= deadline) return false;
    loop.block_on(sleep(loop, 5ms));
  }
  return true;
}

bool RealGateway::answers(const std::string& host, int status, const std::string& body, Duration within) {
  return until(
      [&] {
        const http::Answer answer = get(host, "/");
        return answer.status == status && (body.empty() || answer.body == body);
      },
      within);
}

}  // namespace hancock::slardar::testing
