// What /proc says about processes that are not our children: whether one still runs, and which belong to a
// cluster.
//
// A process is (pid, start_ticks): the kernel gives pids out again. One that has ended and was not yet reaped
// by its parent (a zombie) counts as ended.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace hancock::dev {

struct ProcessState {
  pid_t pid = 0;
  uint64_t start_ticks = 0;  // since boot, /proc/PID/stat field 22
  std::string command;       // its name, for people
};

/// nullopt when there is no such process or it has ended.
std::optional<ProcessState> process_state(pid_t pid);

inline bool is_running(pid_t pid, uint64_t start_ticks) {
  const auto state = process_state(pid);
  return state && state->start_ticks == start_ticks;
}

/// Its argv; empty when there is no such process.
std::vector<std::string> command_line(pid_t pid);

/// Those whose environment holds `marker` ("NAME=value"), but ourselves and those who started us.
std::vector<ProcessState> processes_with(const std::string& marker);

/// Those in one of the network namespaces with these inode numbers.
std::vector<ProcessState> processes_in_namespaces(const std::vector<uint64_t>& inodes);

/// Of one line of /proc/PID/stat; nullopt when it has ended or the line is none. For tests.
std::optional<ProcessState> parse_process_stat(const std::string& line);

}  // namespace hancock::dev
