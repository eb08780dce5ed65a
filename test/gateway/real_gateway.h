// RealGateway: the slardar program on a real etcd, for tests. Peers and visitors live in this process.
//
// Plain calls: each runs the loop until it has its result. One thread.
#pragma once

#include <filesystem>
#include <optional>

#include "base/process.h"
#include "base/testing/temp_dir.h"
#include "etcd/etcd_store.h"
#include "etcd/testing/etcd_process.h"
#include "slardar/testing/peers.h"
#include "slardar/testing/records.h"

namespace hancock::slardar::testing {

class RealGateway {
 public:
  /// Without members the gateway is told of no etcd.
  explicit RealGateway(size_t etcd_members = 1);
  /// One more on the etcd of `other`.
  explicit RealGateway(const RealGateway& other);
  ~RealGateway();

  /// Starts the program; waits until it serves, with all its workers.
  void start(std::vector<std::string> more = {});
  /// Starts the program and waits for its admin API only.
  void launch(std::vector<std::string> more = {});
  /// Starts the program and waits for nothing.
  void spawn(std::vector<std::string> more = {});
  bool listens();
  bool has_started() const;
  /// SIGTERM.
  void ask_to_end();
  /// The same; waits, and gives its exit code.
  int stop();
  /// The next one, if there is one, is the first then.
  void kill();
  /// Starts another process with the same flags and `--upgrade`.
  void start_next(std::vector<std::string> more = {}, const std::string& workers = "2");
  /// Waits for the end of that; its exit code, 256 and more: a signal.
  int wait_for_next();
  void kill_next();
  /// Waits for the end of the first; then the next one is the first. Its exit code.
  int hand_over();
  /// SIGSTOP and SIGCONT.
  void pause();
  void resume();
  /// Its thread of that name; 0: there is none.
  pid_t thread(const std::string& name);

  store::Revision put(const std::string& key, const std::string& value);
  template <class Record>
  store::Revision put(const Record& record) {
    return put(key_of(record), encode(record));
  }
  store::Revision put(const registry::Barrier& barrier) {
    return put(registry::Keys().barrier(barrier.id), encode(barrier));
  }
  store::Revision put_all(const std::vector<std::pair<std::string, std::string>>& records);
  void remove(const std::string& key);
  /// Forgets all history.
  void compact();
  store::Revision revision();
  std::optional<registry::GatewayRecord> record();
  std::vector<registry::GatewayRecord> records();

  HttpPeer& named_peer(const std::string& name);
  HttpPeer& peer(HttpPeer::Answer answer);
  ScriptedPeer& scripted_peer(std::deque<ScriptedPeer::Script> connections);

  Visitor visit() { return Visitor(loop, http); }
  http::Answer get(const std::string& host, const std::string& path);
  /// From another gateway, with the peers of this one.
  http::Answer get_at(const io::Address& address, const std::string& host);
  /// The value of a metric without labels; -1: there is none.
  double metric(const std::string& name);
  http::Answer admin(const std::string& path, const std::string& method = "GET", const std::string& body = "",
                     http::Headers headers = {});
  /// A write by the admin API; one that is written and not live yet, as on a slow machine, is asked for again
  /// until it is.
  http::Answer write(const std::string& path, const std::string& body = "");
  bool until(const std::function<bool()>& holds, Duration within = 10s);
  bool answers(const std::string& host, int status, const std::string& body = "", Duration within = 10s);

  io::Loop loop;
  std::shared_ptr<etcd::EtcdCluster> etcd;
  io::Address http;
  io::Address admin_address;
  const TempDir folder{"slardar_test"};
  std::filesystem::path state;        // --state
  std::string etcd_ip = "127.0.0.1";  // where it looks for etcd

 private:
  std::string etcd_list() const;
  std::optional<Process> run_program(std::vector<std::string> argv) const;
  int wait_for(std::optional<Process>& process);
  http::Answer fetch(const io::Address& address, http::RequestHead request, const std::string& body = "");
  http::Client client_;
  std::optional<etcd::EtcdStore> store_;
  size_t log_before_ = 0;  // how much of it earlier processes wrote
  std::vector<std::string> argv_;
  std::optional<Process> process_;
  std::optional<Process> next_;
  std::deque<std::unique_ptr<HttpPeer>> peers_;
  std::deque<std::unique_ptr<ScriptedPeer>> scripted_;
};

}  // namespace hancock::slardar::testing
