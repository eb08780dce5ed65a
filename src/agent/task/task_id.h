// Ids of Tasks: what may become the name of a file, a control group and a host. Pure; any thread.
#pragma once

#include <string_view>

namespace hancock::agent {

/// 1 to 63 of a-z, 0-9 and -, the first no -.
bool is_task_id(std::string_view text);

}  // namespace hancock::agent
