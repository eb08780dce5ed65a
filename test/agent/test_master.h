// TestMaster: the Masters' side of the wire, small: sends assignments, takes reports and logs, and passes the
// door on to a real etcd. What it heard can be asked for from the test's thread.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "etcd/testing/etcd_process.h"
#include "hancock/wire.pb.h"
#include "http/client.h"
#include "http/server.h"
#include "io/signal.h"
#include "loop_thread.h"
#include "registry/records.h"
#include "store/store.h"

namespace hancock::agent::test {

class TestMaster {
 public:
  static constexpr const char* kToken = "secret";
  static constexpr const char* kNode = "node-1";

  TestMaster();
  ~TestMaster();

  std::string address() const { return address_.to_string(); }
  /// Stops answering, and starts again at the same address.
  void stop();
  void start();

  // What the leader says.
  void assign(const model::Assignment& assignment);
  void set_intent(const std::string& task, model::TaskIntent intent);
  void remove(const std::string& task);
  void remove_all();
  /// Gives a Task up without having decided what becomes of it at the Node's return.
  void set_undecided(const std::string& task);
  /// Forgets all that was heard.
  void forget();
  void ask_log(model::LogRequest request);
  void cancel_log(const std::string& id);
  void set_reign(int64_t epoch, int64_t term);
  /// Raises the incarnation in nodes/<node>, as at a lost Node; the Agent is not told before
  /// tell_incarnation().
  void raise_incarnation();
  void tell_incarnation();
  int64_t incarnation() const { return raised_incarnation_; }
  /// Marks an endpoint as draining, as the leader does.
  void mark_draining(const std::string& task);
  void mark_ready(const std::string& task);
  /// As the leader does with a Task that it gives up.
  void erase_endpoint(const std::string& task);

  // What was heard.
  model::NodeReport node() const;
  std::optional<model::TaskReport> task(const std::string& task) const;
  bool is(const std::string& task, model::TaskState state) const;
  /// Every state that was reported of it, in order, without repeats.
  std::vector<model::TaskState> states(const std::string& task) const;
  uint64_t reports() const;
  uint64_t full_reports() const;
  std::string log(const std::string& id) const;
  bool log_ended(const std::string& id) const;
  std::string log_refusal(const std::string& id) const;
  /// The record in the Registry; nullopt: none.
  std::optional<std::string> endpoint(const std::string& task);
  /// How many records of this Node there are.
  size_t endpoints();

 private:
  struct Heard {
    model::NodeReport node;
    std::map<std::string, model::TaskReport> tasks;
    std::map<std::string, std::vector<model::TaskState>> states;
    std::map<std::string, std::string> logs;
    std::map<std::string, bool> logs_ended;
    std::map<std::string, std::string> refusals;
    uint64_t reports = 0;
    uint64_t full_reports = 0;
  };

  io::Async<void> handle(http::Exchange& exchange);
  io::Async<void> send_assignments(http::Exchange& exchange);
  io::Async<void> take_report(http::Exchange& exchange);
  io::Async<void> take_log(http::Exchange& exchange, std::string id);
  io::Async<void> pass_on(http::Exchange& exchange);
  std::string next_line(std::map<std::string, std::string>& sent, bool first);
  void change(std::function<void()> what);
  void mark(const std::string& task, registry::EndpointState state);
  int64_t commit(store::Operation operation);
  int64_t put(const std::string& key, const std::string& value);
  std::optional<std::string> get(const std::string& key);

  std::unique_ptr<etcd::EtcdCluster> etcd_;
  LoopThread thread_;
  io::Address address_;
  std::unique_ptr<http::Client> client_;

  // The loop's thread only.
  std::unique_ptr<http::Server> server_;
  std::unique_ptr<io::Signal> changed_;
  uint64_t changes_ = 0;
  std::map<std::string, model::Assignment> assignments_;
  std::set<std::string> undecided_;
  std::map<std::string, model::LogRequest> logs_;
  int64_t epoch_ = 1;
  int64_t term_ = 1;
  int64_t node_revision_ = 0;
  int64_t incarnation_ = 1;
  int64_t raised_revision_ = 0;
  int64_t raised_incarnation_ = 1;

  mutable std::mutex mutex_;
  Heard heard_;  // guarded by mutex_
};

}  // namespace hancock::agent::test
