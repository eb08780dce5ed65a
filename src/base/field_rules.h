// What an owner may write about HTTP fields in a route: names that may be set or removed, values, and what a
// client is known by. One rule for the spec, for the Registry's records and for the gateway. Pure; any
// thread.
#pragma once

#include <cstddef>
#include <string_view>

namespace hancock {

/// Of one direction of one route; with them a rewritten head stays within the gateway's scratch.
inline constexpr size_t kFieldEditsMax = 20;
inline constexpr size_t kFieldEditBytesMax = 8'192;  // names and values of all that is set

inline constexpr std::string_view kFieldNameRule =
    "a field's name of at most 64 bytes, and none of Connection, Content-Length, Expect, Host, "
    "HTTP2-Settings, "
    "Keep-Alive, Proxy-Connection, TE, Trailer, Transfer-Encoding, Upgrade";
/// A token (RFC 9110 section 5.6.2) that neither frames a message, nor belongs to one connection, nor is
/// routed by.
bool may_edit_field(std::string_view name);

inline constexpr std::string_view kFieldValueRule =
    "text of at most 4096 bytes without control characters and without blanks around it";
bool is_field_value(std::string_view value);

inline constexpr std::string_view kStickyRule = "cookie:NAME or header:NAME, NAME of at most 64 bytes";
/// "cookie:NAME" or "header:NAME" with a token as NAME.
bool is_sticky(std::string_view text);

}  // namespace hancock
