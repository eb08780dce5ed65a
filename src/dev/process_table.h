// ProcessTable: D/processes.json, the list of a cluster's processes that programs outside read.
//
// A plain value, written by rename. The order is that of starting. `pid` is null for what does not run.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "dev/layout.h"

namespace hancock::dev {

struct ProcessEntry {
  std::string name;     // images, etcd-1, master-1, containerd-1, agent-1, gateway-1
  std::string role;     // images, etcd, master, containerd, agent, gateway
  std::string ns;       // "namespace" in the file: a name for `ip netns`, or ""
  std::string address;  // where it listens, host:port; a Node's address for containerd and agent
  std::string log;      // absolute path
  std::vector<std::string> argv;
  std::optional<pid_t> pid;
  uint64_t start_ticks = 0;  // with pid the process's identity; see process_state.h
  /// A file in which the process that looks after it writes its pid (etcd under a Master); "": we start it.
  std::string pid_file;
};

class ProcessTable {
 public:
  std::vector<ProcessEntry> entries;

  ProcessEntry* find(const std::string& name);
};

std::string render(const ProcessTable& table);
Result<ProcessTable> parse_process_table(const std::string& text);

Result<void> save_process_table(const Layout& layout, const ProcessTable& table);
/// An empty table when there is no file.
Result<ProcessTable> load_process_table(const Layout& layout);

}  // namespace hancock::dev
