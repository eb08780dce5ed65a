// TestNode: a real containerd with its images, in namespaces of the test program's own.
//
// One a program: enter_namespaces() first, before any thread. What runs is gone with the program: mounts and
// interfaces by their namespaces, pods and cgroups by the destructor. Main thread.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/cri/client.h"
#include "base/process.h"
#include "base/testing/temp_dir.h"

namespace hancock::agent::test {

/// Imported as it is; its ENTRYPOINT is task_program.c.
inline constexpr const char* kTaskImage = "test.internal/task:1";

/// Network and mount namespaces of our own, with `eth0` (kNodeAddress) joined to a namespace `far`.
void enter_namespaces();
inline constexpr const char* kNodeAddress = "198.18.99.32";
inline constexpr const char* kFarAddress = "198.18.99.1";
/// Another machine's network: for CommandOptions::network_namespace.
int far_namespace();

class TestNode {
 public:
  /// Aborts with a message when something is missing: there is nothing to test then.
  TestNode();
  TestNode(const TestNode&) = delete;
  TestNode& operator=(const TestNode&) = delete;
  ~TestNode();

  const std::filesystem::path& dir() const { return dir_; }
  std::string socket() const { return (dir_ / "c.sock").string(); }
  /// Below which the Tasks' cgroups lie: the Agent's --cgroup and the Node's name.
  std::string cgroup() const { return cgroup_ + "/node-1"; }
  const std::string& cgroup_parent() const { return cgroup_; }
  cri::Client& runtime() { return *runtime_; }

  void stop_containerd();   // SIGKILL
  void start_containerd();  // and waits until it is ready

  /// Pushes the task image into an image registry on loopback, started on first use; gives its reference.
  std::string push(const std::string& name_and_tag);
  /// The same with a configuration of its own: another image.
  std::string push_variant(const std::string& name_and_tag);
  void stop_registry();

  /// cgroup folders below cgroup() in every hierarchy.
  std::vector<std::string> cgroups_left() const;
  /// Stops and removes every pod.
  void remove_pods();

 private:
  void write_config();
  void import_images();
  void start_registry();
  std::string push_from_layout(const std::string& layout_tag, const std::string& name_and_tag);

  const TempDir temp_{"hancock-agent"};
  const std::filesystem::path dir_ = temp_.path();
  std::string cgroup_;
  std::unique_ptr<cri::Client> runtime_;
  std::optional<Process> containerd_;
  std::optional<Process> registry_;
};

/// Waits until `holds()`; false after `timeout`.
template <class Condition>
bool eventually(Condition holds, Duration timeout = 30s) {
  const TimePoint deadline = BootClock::now() + timeout;
  while (!holds()) {
    if (BootClock::now() > deadline) return false;
    ::usleep(5'000);
  }
  return true;
}

}  // namespace hancock::agent::test
