#include "dev/process_state.h"

#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <functional>
#include <sstream>

#include "base/file.h"
#include "base/number.h"

namespace hancock::dev {
namespace {

constexpr int kParentField = 1;  // counted from the state, which is field 3 of the line
constexpr int kStartField = 19;

void for_each_pid(const std::function<void(pid_t)>& visit) {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", ignored)) {
    const std::string name = entry.path().filename();
    if (const auto pid = parse_number<pid_t>(name)) visit(*pid);
  }
}

// The words after "pid (command)"; the command may hold spaces and parentheses.
std::vector<std::string> stat_fields(const std::string& line) {
  const size_t close = line.rfind(')');
  if (close == std::string::npos) return {};
  std::istringstream rest(line.substr(close + 1));
  std::vector<std::string> fields;
  for (std::string field; rest >> field;) fields.push_back(std::move(field));
  return fields;
}

std::vector<pid_t> ourselves_and_ancestors() {
  std::vector<pid_t> result;
  for (pid_t pid = getpid(); pid > 1;) {
    result.push_back(pid);
    const auto line = read_file(fmt::format("/proc/{}/stat", pid));
    const auto fields = line ? stat_fields(*line) : std::vector<std::string>{};
    pid = fields.size() > kParentField ? static_cast<pid_t>(std::stol(fields[kParentField])) : 0;
  }
  return result;
}

}  // namespace

std::optional<ProcessState> parse_process_stat(const std::string& line) {
  const size_t open = line.find('(');
  const auto fields = stat_fields(line);
  if (open == std::string::npos || fields.size() <= kStartField) return std::nullopt;
  if (fields[0] == "Z" || fields[0] == "X") return std::nullopt;
  ProcessState state;
  std::from_chars(line.data(), line.data() + open, state.pid);
  state.command = line.substr(open + 1, line.rfind(')') - open - 1);
  const std::string& start = fields[kStartField];
  const auto [end, error] = std::from_chars(start.data(), start.data() + start.size(), state.start_ticks);
  if (error != std::errc()) return std::nullopt;
  return state;
}

std::optional<ProcessState> process_state(pid_t pid) {
  const auto line = read_file(fmt::format("/proc/{}/stat", pid));
  return line ? parse_process_stat(*line) : std::nullopt;
}

std::vector<std::string> command_line(pid_t pid) {
  const auto text = read_file(fmt::format("/proc/{}/cmdline", pid));
  std::vector<std::string> argv;
  if (!text) return argv;
  std::istringstream stream(*text);
  for (std::string word; std::getline(stream, word, '\0');) argv.push_back(word);
  return argv;
}

std::vector<ProcessState> processes_with(const std::string& marker) {
  const std::vector<pid_t> excluded = ourselves_and_ancestors();
  const std::string wanted = '\0' + marker + '\0';
  std::vector<ProcessState> result;
  for_each_pid([&](pid_t pid) {
    if (std::find(excluded.begin(), excluded.end(), pid) != excluded.end()) return;
    const auto environment = read_file(fmt::format("/proc/{}/environ", pid));
    if (!environment || ('\0' + *environment).find(wanted) == std::string::npos) return;
    if (auto state = process_state(pid)) result.push_back(std::move(*state));
  });
  return result;
}

std::vector<ProcessState> processes_in_namespaces(const std::vector<uint64_t>& inodes) {
  std::vector<ProcessState> result;
  for_each_pid([&](pid_t pid) {
    struct stat info {};
    if (stat(fmt::format("/proc/{}/ns/net", pid).c_str(), &info) != 0) return;
    if (std::find(inodes.begin(), inodes.end(), info.st_ino) == inodes.end()) return;
    if (auto state = process_state(pid)) result.push_back(std::move(*state));
  });
  return result;
}

}  // namespace hancock::dev
