// EtcdProcess, EtcdCluster: real etcd members for tests, on free loopback ports, with a temporary folder.
//
//   auto cluster = EtcdCluster::start(3);
//   (*cluster)->member(0).kill();                  // SIGKILL; restart() brings it back with its data
//   EtcdStore store(loop, client, (*cluster)->clients());
//
// Everything is killed and deleted with the object; a test that crashes takes its members along, and the next
// one deletes its folder. Calls block. One thread.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/process.h"
#include "io/address.h"

namespace hancock::etcd {

class EtcdProcess {
 public:
  EtcdProcess(std::vector<std::string> argv, std::filesystem::path data, io::Address client)
      : argv_(std::move(argv)), data_(std::move(data)), client_(std::move(client)) {}
  EtcdProcess(const EtcdProcess&) = delete;
  EtcdProcess& operator=(const EtcdProcess&) = delete;
  ~EtcdProcess();

  const io::Address& client() const { return client_; }
  const std::filesystem::path& data() const { return data_; }

  /// Starts it; does not wait until it answers.
  Result<void> spawn();
  /// Waits until it answers that it is healthy.
  Result<void> wait_until_healthy(Duration within = 20s);
  Result<void> restart();
  /// SIGKILL, and waits for the end.
  void kill();
  /// SIGTERM, and waits for the end.
  void stop();
  /// SIGSTOP: connections are taken, nothing is answered.
  void pause();
  void resume();

 private:
  bool ended();
  void end(int signal);

  std::vector<std::string> argv_;
  std::filesystem::path data_;
  io::Address client_;
  std::optional<Process> process_;
};

class EtcdCluster {
 public:
  /// Waits until all members are healthy. `arguments` are added to each member's own.
  static Result<std::unique_ptr<EtcdCluster>> start(size_t members, std::vector<std::string> arguments = {});
  ~EtcdCluster();

  EtcdProcess& member(size_t index) { return *members_[index]; }
  size_t size() const { return members_.size(); }
  std::vector<io::Address> clients() const;

 private:
  static Result<std::unique_ptr<EtcdCluster>> try_start(size_t members,
                                                        const std::vector<std::string>& arguments);
  explicit EtcdCluster(std::filesystem::path folder) : folder_(std::move(folder)) {}

  std::filesystem::path folder_;
  std::vector<std::unique_ptr<EtcdProcess>> members_;
};

}  // namespace hancock::etcd
