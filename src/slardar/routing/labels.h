// Labels: whom a request's metrics are counted for. Values only.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace hancock::slardar {

struct Labels {
  std::string tenant;
  std::string app;
  std::string service;
  std::string version;
  friend auto operator<=>(const Labels&, const Labels&) = default;
};

/// Counts by status code: few different ones, so a short list.
class CodeCounts {
 public:
  void add(int code, uint64_t count = 1) {
    for (Entry& entry : entries_) {
      if (entry.code != code) continue;
      entry.count += count;
      return;
    }
    entries_.push_back({code, count});
  }
  void merge(const CodeCounts& other) {
    for (const Entry& entry : other.entries_) add(entry.code, entry.count);
  }
  struct Entry {
    int code;
    uint64_t count;
  };
  auto begin() const { return entries_.begin(); }
  auto end() const { return entries_.end(); }

 private:
  std::vector<Entry> entries_;
};

}  // namespace hancock::slardar
