#include "agent/host_facts.h"

#include <sys/sysinfo.h>

#include <cstdlib>
#include <thread>

#include "base/file.h"

namespace hancock::agent {
namespace {

constexpr uint64_t kTasksMax = 500;  // a Node's subnet, veths and shims are made for so many
constexpr uint64_t kPidsUnknown = 32768;

std::string first_line(const char* path) {
  const std::string text = read_file(path).value_or("");
  return text.substr(0, text.find('\n'));
}

}  // namespace

HostFacts host_facts(const std::string& boot_id) {
  HostFacts facts;
  facts.cpu_millis = std::thread::hardware_concurrency() * 1000ULL;
  struct sysinfo info {};
  if (::sysinfo(&info) == 0) facts.memory_bytes = static_cast<uint64_t>(info.totalram) * info.mem_unit;
  facts.pids = std::strtoull(first_line("/proc/sys/kernel/pid_max").c_str(), nullptr, 10);
  if (facts.pids == 0) facts.pids = kPidsUnknown;
  facts.tasks = kTasksMax;
  facts.boot_id = first_line(boot_id.c_str());
  return facts;
}

}  // namespace hancock::agent
