#include "etcd/testing/etcd_process.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdlib>

#include "base/random.h"
#include "http/client.h"
#include "io/loop.h"
#include "io/tcp.h"

namespace hancock::etcd {
namespace {

constexpr int kStartTries = 5;  // somebody else may take a port between our look and etcd's start

// Free a moment ago, and below the kernel's own range. etcd's JSON gateway fails with port 0.
Result<io::Address> free_address() {
  io::Loop loop;
  for (int tries = 0; tries < 100; ++tries) {
    auto address = io::Address::of("127.0.0.1", static_cast<uint16_t>(12'000 + system_random().below(8'000)));
    if (!address) return address;
    if (io::Listener::listen(loop, *address)) return address;
  }
  return fail(ErrorCode::kUnavailable, "no free port from 12000 to 19999");
}

io::Async<bool> is_healthy(io::Loop& loop, http::Client& client, io::Address address) {
  http::RequestHead request("GET", "/health");
  auto answer = co_await client.fetch(address, std::move(request), "", loop.now() + 1s);
  co_return answer && answer->status == 200 && answer->body.find("true") != std::string::npos;
}

io::Async<void> pause_for(io::Loop& loop, Duration span) { co_await loop.sleep_for(span); }

constexpr std::string_view kFolderPrefix = "hancock_etcd_";  // then the test's pid, then what mkdtemp adds

// A test that was killed leaves its folder behind, though not its members.
void remove_orphans(const std::filesystem::path& parent) {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(parent, ignored)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with(kFolderPrefix)) continue;
    pid_t pid = 0;
    const char* digits = name.c_str() + kFolderPrefix.size();
    const auto [end, error] = std::from_chars(digits, name.c_str() + name.size(), pid);
    if (error != std::errc() || *end != '_') continue;
    const bool lives = ::kill(pid, 0) == 0 || errno != ESRCH;
    if (!lives) std::filesystem::remove_all(entry.path(), ignored);
  }
}

std::filesystem::path make_folder() {
  const auto parent = std::filesystem::temp_directory_path();
  remove_orphans(parent);
  std::string pattern = (parent / fmt::format("{}{}_XXXXXX", kFolderPrefix, ::getpid())).string();
  const char* made = ::mkdtemp(pattern.data());
  return made == nullptr ? std::filesystem::path() : std::filesystem::path(made);
}

}  // namespace

EtcdProcess::~EtcdProcess() { kill(); }

Result<void> EtcdProcess::spawn() {
  SpawnOptions options;
  options.argv = argv_;
  options.log = data_.string() + ".log";
  options.death_signal = SIGKILL;
  auto process = Process::spawn(options);
  if (!process) return forward_error(process);
  process_ = std::move(*process);
  return {};
}

bool EtcdProcess::ended() { return !process_ || process_->wait(BootClock::now()).has_value(); }

Result<void> EtcdProcess::wait_until_healthy(Duration within) {
  io::Loop loop;
  http::Client client(loop);
  const TimePoint deadline = loop.now() + within;
  while (!loop.block_on(is_healthy(loop, client, client_))) {
    if (ended()) return fail(ErrorCode::kUnavailable, "etcd ended, see {}.log", data_.string());
    if (loop.now() >= deadline)
      return fail(ErrorCode::kTimeout, "etcd at {} does not become healthy", client_.to_string());
    loop.block_on(pause_for(loop, 20ms));
  }
  return {};
}

Result<void> EtcdProcess::restart() {
  kill();
  auto spawned = spawn();
  return spawned ? wait_until_healthy() : spawned;
}

void EtcdProcess::end(int signal) {
  if (!process_) return;
  (void)process_->send_signal(signal);
  if (!process_->wait(BootClock::now() + 10s)) {
    (void)process_->send_signal(SIGKILL);
    (void)process_->wait(kForever);
  }
  process_.reset();
}

void EtcdProcess::kill() { end(SIGKILL); }
void EtcdProcess::stop() { end(SIGTERM); }

void EtcdProcess::pause() {
  if (process_) (void)process_->send_signal(SIGSTOP);
}

void EtcdProcess::resume() {
  if (process_) (void)process_->send_signal(SIGCONT);
}

Result<std::unique_ptr<EtcdCluster>> EtcdCluster::start(size_t members, std::vector<std::string> arguments) {
  Result<std::unique_ptr<EtcdCluster>> cluster;
  for (int tries = 0; tries < kStartTries; ++tries) {
    cluster = try_start(members, arguments);
    if (cluster) break;
  }
  return cluster;
}

Result<std::unique_ptr<EtcdCluster>> EtcdCluster::try_start(size_t members,
                                                            const std::vector<std::string>& arguments) {
  std::unique_ptr<EtcdCluster> cluster(new EtcdCluster(make_folder()));
  std::vector<io::Address> peers;
  std::string initial;
  for (size_t i = 0; i < members; ++i) {
    auto peer = free_address();
    if (!peer) return forward_error(peer);
    initial += fmt::format("{}m{}=http://{}", i == 0 ? "" : ",", i, peer->to_string());
    peers.push_back(*peer);
  }
  for (size_t i = 0; i < members; ++i) {
    auto client = free_address();
    if (!client) return forward_error(client);
    const auto data = cluster->folder_ / fmt::format("m{}", i);
    const std::string client_url = "http://" + client->to_string();
    const std::string peer_url = "http://" + peers[i].to_string();
    std::vector<std::string> argv = {"etcd",
                                     fmt::format("--name=m{}", i),
                                     "--data-dir=" + data.string(),
                                     "--listen-client-urls=" + client_url,
                                     "--advertise-client-urls=" + client_url,
                                     "--listen-peer-urls=" + peer_url,
                                     "--initial-advertise-peer-urls=" + peer_url,
                                     "--initial-cluster=" + initial,
                                     "--heartbeat-interval=50",
                                     "--election-timeout=500",
                                     "--pre-vote"};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    cluster->members_.push_back(std::make_unique<EtcdProcess>(std::move(argv), data, *client));
    auto spawned = cluster->members_.back()->spawn();
    if (!spawned) return forward_error(spawned);
  }
  for (auto& member : cluster->members_) {
    auto healthy = member->wait_until_healthy();
    if (!healthy) return forward_error(healthy);
  }
  return cluster;
}

EtcdCluster::~EtcdCluster() {
  members_.clear();
  std::error_code ignored;
  if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
}

std::vector<io::Address> EtcdCluster::clients() const {
  std::vector<io::Address> addresses;
  for (const auto& member : members_) addresses.push_back(member->client());
  return addresses;
}

}  // namespace hancock::etcd
