// What a check says to redis (the protocol RESP 2), and what it reads in the answers. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "slardar/check/check_kind.h"

namespace hancock::slardar {

/// A command as an array of bulk strings: "*2\r\n$4\r\nAUTH\r\n…".
std::string redis_command(const std::vector<std::string_view>& words);

/// The answer to INFO: version and replication; a replica without its master is unstable.
CheckFacts read_redis_info(std::string_view info);

}  // namespace hancock::slardar
