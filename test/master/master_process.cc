#include "master/master_process.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>

#include <nlohmann/json.hpp>
#include <thread>

#include "base/file.h"
#include "base/random.h"

namespace hancock::test {
namespace {

bool is_free(uint16_t port) {
  const UniqueFd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

std::filesystem::path make_folder() {
  return std::filesystem::temp_directory_path() / ("hancock-master-test-" + system_random().id(10));
}

std::string with_port(uint16_t port) { return fmt::format("127.0.0.1:{}", port); }

io::Async<Result<http::Answer>> fetch(http::Client& client, io::Address peer, http::RequestHead head,
                                      std::string body, TimePoint deadline) {
  auto answer = co_await client.fetch(std::move(peer), std::move(head), std::move(body), deadline);
  co_return answer;
}

io::Async<void> pause(io::Loop& loop) { co_await loop.sleep_for(20ms); }

}  // namespace

uint16_t free_port() {
  while (true) {
    const auto port = static_cast<uint16_t>(15'000 + system_random().below(17'000));
    if (is_free(port)) return port;
  }
}

bool eventually(const std::function<bool()>& holds, Duration within) {
  const TimePoint deadline = BootClock::now() + within;
  while (!holds()) {
    if (BootClock::now() >= deadline) return false;
    std::this_thread::sleep_for(20ms);
  }
  return true;
}

nlohmann::json Reply::json() const { return nlohmann::json::parse(body, nullptr, false); }

std::string Reply::code() const {
  const auto parsed = json();
  if (!parsed.is_object() || !parsed.contains("errors") || parsed["errors"].empty())
    return "no errors: " + body;
  return parsed["errors"][0].value("code", "");
}

MasterProcess::MasterProcess()
    : data_(make_folder()),
      api_port_(free_port()),
      etcd_port_(free_port()),
      peer_port_(free_port()),
      client_(loop_) {}

MasterProcess::~MasterProcess() {
  if (runs()) kill(SIGKILL);
  std::error_code ignored;
  std::filesystem::remove_all(data_, ignored);
  if (!testing::Test::HasFailure()) std::filesystem::remove(data_.string() + ".log", ignored);
}

void MasterProcess::spawn(std::vector<std::string> argv) {
  // The folder belongs to the Master: its log stands beside it.
  auto process =
      Process::spawn({.argv = std::move(argv), .log = data_.string() + ".log", .death_signal = SIGKILL});
  if (!process) throw std::runtime_error(process.error().message);
  process_.emplace(std::move(*process));
}

void MasterProcess::start() {
  spawn({HANCOCK_PROGRAM, "master", "--data", data_.string(), "--listen", with_port(api_port_),
         "--etcd-client", with_port(etcd_port_), "--etcd-peer", with_port(peer_port_), "--bootstrap"});
}

void MasterProcess::start_again() { spawn({HANCOCK_PROGRAM, "master", "--data", data_.string()}); }

ExitStatus MasterProcess::stop() {
  (void)process_->send_signal(SIGTERM);
  auto status = process_->wait(BootClock::now() + 30s);
  process_.reset();
  return status ? *status : ExitStatus{-1, 0};
}

void MasterProcess::kill(int signal) {
  (void)process_->send_signal(signal);
  if (signal != SIGKILL) return;
  (void)process_->wait(BootClock::now() + 10s);
  process_.reset();
}

bool MasterProcess::wait_until_ready(Duration within) {
  return until([this] { return get("/readyz").status == 200; }, within);
}

bool MasterProcess::until(const std::function<bool()>& holds, Duration within) {
  const TimePoint deadline = loop_.now() + within;
  while (!holds()) {
    if (loop_.now() >= deadline) return false;
    loop_.block_on(pause(loop_));
  }
  return true;
}

io::Address MasterProcess::api() const { return *io::Address::parse(with_port(api_port_)); }
io::Address MasterProcess::etcd() const { return *io::Address::parse(with_port(etcd_port_)); }

std::string MasterProcess::token(const char* file) const {
  std::string text = read_file(data_ / file).value_or("");
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

pid_t MasterProcess::pid(const char* file) const {
  const auto text = read_file(data_ / file);
  return text ? std::stoi(*text) : 0;
}

Reply MasterProcess::send(std::string method, std::string target, std::string body, http::Headers headers,
                          std::optional<std::string> token) {
  http::RequestHead head(std::move(method), std::move(target), std::move(headers));
  const std::string with = token ? *token : operator_token();
  if (!with.empty()) head.headers.set("Authorization", "Bearer " + with);
  auto answer = loop_.block_on(fetch(client_, api(), std::move(head), std::move(body), loop_.now() + 15s));
  if (!answer) return Reply{0, {}, answer.error().message};
  return Reply{answer->status, std::move(answer->headers), std::move(answer->body)};
}

}  // namespace hancock::test
