// What tests of `hancock dev` stand on: the program as people call it, and a look at the machine that owes
// nothing to the code under test.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/command.h"
#include "base/testing/temp_dir.h"

namespace hancock::test {

/// `hancock dev VERB --dir D …` on a folder of its own; what a failed test leaves is taken down at the end.
class DevCluster {
 public:
  DevCluster() = default;
  DevCluster(const DevCluster&) = delete;
  DevCluster& operator=(const DevCluster&) = delete;
  ~DevCluster();

  const std::filesystem::path& dir() const { return dir_; }
  std::vector<std::string> argv(const std::string& verb, std::vector<std::string> more) const;
  CommandOutput run(const std::string& verb, std::vector<std::string> more = {}) const;

  /// A value of D/env, read by a shell.
  std::string env(const std::string& key) const;
  nlohmann::json processes() const;
  nlohmann::json process(const std::string& name) const;
  /// N of 198.18.N.1 while it is up.
  std::string index() const;
  std::string containerd_socket(int node) const;

  /// Runs the image's command as a container on a Node, below the cluster's cgroup.
  void run_container(int node, const std::string& image, const std::string& id) const;

 private:
  const TempDir temp_{"hancock-dev-test"};
  const std::filesystem::path dir_ = temp_.path();
};

/// Everything of the cluster `index` in `dir` that the machine still has, one line each, as told by mount,
/// ip, find and ps.
std::string left_on_machine(const std::filesystem::path& dir, const std::string& index);

/// Runs a shell command; its output, or its failure as text.
std::string shell(const std::string& command);

}  // namespace hancock::test
