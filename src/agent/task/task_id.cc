#include "agent/task/task_id.h"

#include <algorithm>
#include <cctype>

namespace hancock::agent {

bool is_task_id(std::string_view text) {
  constexpr size_t kSizeMax = 63;  // of a label in a host's name
  return !text.empty() && text.size() <= kSizeMax && text[0] != '-' &&
         std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return std::islower(c) || std::isdigit(c) || c == '-'; });
}

}  // namespace hancock::agent
