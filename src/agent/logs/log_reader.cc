#include "agent/logs/log_reader.h"

#include <sys/stat.h>

#include <algorithm>

namespace hancock::agent {

LogReader::LogReader(std::filesystem::path folder, LogQuery query)
    : folder_(std::move(folder)), query_(std::move(query)) {
  if (query_.tail >= 0) skip_all_but(static_cast<uint64_t>(query_.tail));
}

std::vector<LogLine> LogReader::read(size_t bytes_max) {
  std::vector<LogLine> result;
  for (size_t bytes = 0; bytes < bytes_max;) {
    auto line = next();
    if (!line) break;
    bytes += line->text.size() + 1;
    if (wanted(*line)) result.push_back(std::move(*line));
  }
  return result;
}

bool LogReader::wanted(const LogLine& line) const {
  if (!query_.stream.empty() && line.stream != query_.stream) return false;
  if (!query_.since) return true;
  const auto time = parse_rfc3339(line.time);
  return !time || *time >= *query_.since;
}

/// Counts what there is, then starts over behind what is too much.
void LogReader::skip_all_but(uint64_t tail) {
  const auto count_wanted = [](LogReader& reader) {
    uint64_t count = 0;
    while (auto line = reader.next()) count += reader.wanted(*line) ? 1 : 0;
    return count;
  };
  LogReader counter(folder_, {.tail = -1, .since = query_.since, .stream = query_.stream});
  const uint64_t all = count_wanted(counter);
  for (uint64_t skipped = 0; skipped + tail < all;) {
    const auto line = next();
    if (!line) return;
    if (wanted(*line)) ++skipped;
  }
}

std::optional<LogLine> LogReader::next() {
  while (auto raw = next_raw()) {
    auto line = parse_log_line(*raw);
    if (!line) continue;
    if (auto whole = join(std::move(*line))) return whole;
  }
  return std::nullopt;
}

std::optional<LogLine> LogReader::join(LogLine line) {
  std::string& before = partial_[line.stream];
  before += line.text;
  if (line.partial && before.size() < kLineMax) return std::nullopt;
  line.text = std::exchange(before, {});
  line.partial = false;
  return line;
}

/// A line that is complete. At the end of a file: the next file, if there is one.
std::optional<std::string> LogReader::next_raw() {
  while (true) {
    if (current_) {
      std::string piece;
      file_.clear();
      std::getline(file_, piece);
      if (!file_.eof() && file_) {
        return std::exchange(unfinished_, {}) + piece;
      }
      unfinished_ += piece;
      if (unfinished_.size() > 2 * kLineMax) unfinished_.clear();  // no log line at all
      if (!piece.empty()) continue;
    }
    if (!open_next()) return std::nullopt;
  }
}

std::optional<LogReader::Identity> LogReader::identify(const LogFile& file) const {
  struct stat status {};
  if (::stat((folder_ / file.name()).c_str(), &status) != 0) return std::nullopt;
  return Identity{status.st_dev, status.st_ino};
}

/// Goes on to the file after the open one, which may have got another name, or may be gone, meanwhile.
bool LogReader::open_next() {
  const auto files = log_files(folder_);
  if (!current_) return !files.empty() && open(files.front());
  auto after = files.begin();
  const auto same = std::find_if(files.begin(), files.end(), [&](const LogFile& file) {
    return identify(file) == std::optional(identity_);
  });
  if (same != files.end()) {
    after = same + 1;
  } else {
    after = std::find_if(files.begin(), files.end(),
                         [&](const LogFile& file) { return file.attempt >= current_->attempt; });
  }
  if (after == files.end()) return false;
  // The writer may have added to the old file until the new one was there.
  file_.clear();
  const auto position = file_.tellg();
  if (file_.seekg(0, std::ios::end); file_.tellg() > position) {
    file_.seekg(position);
    return true;
  }
  return open(*after);
}

bool LogReader::open(const LogFile& file) {
  std::ifstream opened(folder_ / file.name(), std::ios::binary);
  const auto identity = identify(file);
  if (!opened || !identity) return false;
  file_ = std::move(opened);
  current_ = file;
  identity_ = *identity;
  unfinished_.clear();
  return true;
}

}  // namespace hancock::agent
