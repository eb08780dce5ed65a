#include "agent/logs/log_folder.h"

#include <fmt/core.h>

#include <algorithm>
#include <fstream>
#include <set>

#include "agent/logs/log_line.h"
#include "base/number.h"

namespace hancock::agent {
namespace {

namespace fs = std::filesystem;

/// The last line in a file that says something.
std::string last_line_in(const fs::path& path) {
  constexpr std::streamoff kTail = 8 << 10;
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) return "";
  const std::streamoff size = file.tellg();
  file.seekg(std::max<std::streamoff>(0, size - kTail));
  std::string found;
  for (std::string line; std::getline(file, line);) {
    const auto parsed = parse_log_line(line);
    if (parsed && !parsed->text.empty()) found = parsed->text;
  }
  return found;
}

}  // namespace

std::string LogFile::name() const {
  return part == kLive ? fmt::format("{}.log", attempt) : fmt::format("{}.log.{}", attempt, part);
}

std::optional<LogFile> LogFile::parse(std::string_view name) {
  const size_t dot = name.find(".log");
  if (dot == std::string_view::npos) return std::nullopt;
  const auto attempt = parse_number<uint32_t>(name.substr(0, dot));
  std::string_view rest = name.substr(dot + 4);
  if (!attempt) return std::nullopt;
  if (rest.empty()) return LogFile{*attempt, kLive};
  if (!rest.starts_with('.')) return std::nullopt;
  const auto part = parse_number<uint32_t>(rest.substr(1));
  if (!part || *part == kLive) return std::nullopt;
  return LogFile{*attempt, *part};
}

std::vector<LogFile> log_files(const fs::path& folder) {
  std::vector<LogFile> result;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    if (auto file = LogFile::parse(it->path().filename().string())) result.push_back(*file);
  }
  std::sort(result.begin(), result.end());
  return result;
}

Result<void> rotate_log(const fs::path& folder, uint32_t attempt, size_t parts_max) {
  std::vector<LogFile> parts;
  for (const LogFile& file : log_files(folder)) {
    if (file.attempt == attempt && file.part != LogFile::kLive) parts.push_back(file);
  }
  const LogFile next{attempt, parts.empty() ? 1 : parts.back().part + 1};
  std::error_code error;
  fs::rename(folder / LogFile{attempt}.name(), folder / next.name(), error);
  if (error)
    return tl::unexpected(
        errno_error(error.value(), "rotate " + (folder / LogFile{attempt}.name()).string()));
  parts.push_back(next);
  for (size_t i = 0; i + parts_max < parts.size(); ++i) fs::remove(folder / parts[i].name(), error);
  return {};
}

Result<bool> rotate_if_due(const fs::path& folder, uint32_t attempt, const LogLimits& limits) {
  const fs::path live = folder / LogFile{attempt}.name();
  std::error_code error;
  const uintmax_t size = fs::file_size(live, error);
  if (error == std::errc::no_such_file_or_directory) return true;
  if (error) return tl::unexpected(errno_error(error.value(), live.string()));
  if (size < limits.file_bytes) return false;
  auto rotated = rotate_log(folder, attempt, limits.parts);
  if (!rotated) return forward_error(rotated);
  return true;
}

void drop_old_attempts(const fs::path& folder, size_t attempts) {
  const auto files = log_files(folder);
  std::set<uint32_t> newest;
  for (const LogFile& file : files) newest.insert(file.attempt);
  while (newest.size() > attempts) newest.erase(newest.begin());
  std::error_code ignored;
  for (const LogFile& file : files) {
    if (!newest.contains(file.attempt)) fs::remove(folder / file.name(), ignored);
  }
}

std::string last_line(const fs::path& folder, uint32_t attempt, size_t limit) {
  std::string found;
  for (const LogFile& file : log_files(folder)) {  // the newest last
    if (file.attempt != attempt) continue;
    if (std::string line = last_line_in(folder / file.name()); !line.empty()) found = std::move(line);
  }
  if (found.size() > limit) found = found.substr(0, limit) + "…";
  return found;
}

}  // namespace hancock::agent
