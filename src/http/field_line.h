// One line of a header or trailer section: "name: value" (RFC 9112 section 5), and what known fields mean.
//
// Pure functions over bytes; any thread.
#pragma once

#include <string_view>

#include "http/message_view.h"
#include "http/parse_error.h"

namespace hancock::http {

/// Reads `line` (without its CRLF). Offsets count from the line's begin.
Check parse_field_line(std::string_view line, FieldView& field);

/// Notes what framing and connection fields say; `line` is the one that `field` was read from.
Check note_field(MessageView& head, const FieldView& field, std::string_view line);

/// Rules over the whole header section: no Transfer-Encoding beside a length or in HTTP/1.0.
Check check_framing_fields(const MessageView& head);

/// A trailer must not change what its message's head said.
bool is_allowed_trailer(std::string_view name);

/// Content-Length's value: digits only, no overflow.
std::optional<uint64_t> parse_content_length(std::string_view value);

}  // namespace hancock::http
