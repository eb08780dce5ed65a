// ReportOrder: of each Node, which of its Agent's reports was taken last, so that one that was held up on its
// way does not overwrite what came after it. Volatile, of one reign; plain data.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>

#include "hancock/wire.pb.h"

namespace hancock::master {

class ReportOrder {
 public:
  /// True when `report` is newer than every one of its Node that was taken before, and takes it. The reports
  /// of one start of an Agent count by their sequence; those of a start that another has followed are over.
  bool take(const model::NodeReport& report) {
    if (report.sequence() == 0) return true;
    Heard& heard = nodes_[report.node()];
    if (heard.agent != report.agent()) {
      if (std::find(heard.past.begin(), heard.past.end(), report.agent()) != heard.past.end()) return false;
      if (!heard.agent.empty()) heard.past.push_front(heard.agent);
      if (heard.past.size() > kPastMax) heard.past.pop_back();
      heard.agent = report.agent();
      heard.sequence = 0;
    }
    if (report.sequence() <= heard.sequence) return false;
    heard.sequence = report.sequence();
    return true;
  }

 private:
  static constexpr size_t kPastMax = 8;  // starts whose reports may still be on their way
  struct Heard {
    std::string agent;
    int64_t sequence = 0;
    std::deque<std::string> past;
  };
  std::map<std::string, Heard, std::less<>> nodes_;
};

}  // namespace hancock::master
