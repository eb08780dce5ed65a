// The first line of a message (RFC 9112 sections 3 and 4), without its CRLF.
//
// Pure functions over bytes; any thread. Offsets count from the line's begin.
#pragma once

#include <string_view>

#include "http/message_view.h"
#include "http/parse_error.h"
#include "http/target.h"

namespace hancock::http {

/// "GET /path HTTP/1.1". Fills method, target, minor_version; `target` keeps an absolute form's authority.
Check parse_request_line(std::string_view line, size_t target_limit_bytes, RequestView& head, Target& target);

/// "HTTP/1.1 200 OK". Fills status, reason, minor_version. The blank before an empty reason may be missing.
Check parse_status_line(std::string_view line, ResponseView& head);

}  // namespace hancock::http
