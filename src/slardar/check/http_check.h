// What a check over HTTP/1 needs of an answer: its status line. Pure; any thread.
#pragma once

#include <optional>
#include <string_view>

namespace hancock::slardar {

/// The status of "HTTP/1.1 200 OK"; nullopt when that is none (RFC 9112 section 4).
std::optional<int> status_of_line(std::string_view line);

}  // namespace hancock::slardar
