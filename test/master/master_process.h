// MasterProcess: a real `hancock master` with its etcd member and brain, in a folder of its own, for tests.
//
//   MasterProcess master;
//   master.wait_until_ready();
//   Answer answer = master.get("/v1/apps");
//
// Everything it started is gone when it is destroyed. Test's thread only; calls block.
#pragma once

#include <filesystem>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "base/process.h"
#include "http/client.h"
#include "io/loop.h"

namespace hancock::test {

/// A port on 127.0.0.1 below the ephemeral range that nobody listened on a moment ago.
uint16_t free_port();

/// Looks every few ms until it holds; false after `within`.
bool eventually(const std::function<bool()>& holds, Duration within = 20s);

struct Reply {
  int status = 0;  // 0: no answer
  http::Headers headers;
  std::string body;

  nlohmann::json json() const;
  /// "code" of the first error.
  std::string code() const;
};

class MasterProcess {
 public:
  MasterProcess();
  ~MasterProcess();
  MasterProcess(const MasterProcess&) = delete;
  MasterProcess& operator=(const MasterProcess&) = delete;

  /// Starts the supervisor with all its flags, or with --data alone.
  void start();
  void start_again();
  ExitStatus stop();
  void kill(int signal);
  bool runs() const { return process_.has_value(); }

  bool wait_until_ready(Duration within = 30s);
  /// Looks every few ms until it holds, while the loop goes on; false after `within`.
  bool until(const std::function<bool()>& holds, Duration within = 20s);

  const std::filesystem::path& data() const { return data_; }
  io::Loop& loop() { return loop_; }
  http::Client& client() { return client_; }
  io::Address api() const;
  io::Address etcd() const;
  std::string operator_token() const { return token("operator.token"); }
  std::string agent_token() const { return token("agent.token"); }
  pid_t brain_pid() const { return pid("brain.pid"); }
  pid_t etcd_pid() const { return pid("etcd.pid"); }

  /// With the operator's token, unless `token` says otherwise.
  Reply send(std::string method, std::string target, std::string body = {}, http::Headers headers = {},
             std::optional<std::string> token = std::nullopt);
  Reply get(std::string target) { return send("GET", std::move(target)); }

 private:
  void spawn(std::vector<std::string> argv);
  std::string token(const char* file) const;
  pid_t pid(const char* file) const;

  std::filesystem::path data_;
  uint16_t api_port_;
  uint16_t etcd_port_;
  uint16_t peer_port_;
  std::optional<Process> process_;
  io::Loop loop_;
  http::Client client_;
};

}  // namespace hancock::test
