// UpstreamBody: an operator's upstream as the admin API takes it (PUT /upstream/<name>) and shows it: JSON
// texts, and decode_upstream()'s verdict on them. What it does not know passes through. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace hancock::slardar {

/// What is to stand in the record in place of `present`. `body` with `servers` has one level, and the options
/// that it does not name stay as they are; with `cluster` it replaces everything. Errors: kInvalid and
/// kUnsupported with the field, in the words that callers of old know where there are any.
Result<std::string> put_upstream(const std::optional<std::string>& present, std::string_view body);

/// {"cluster":[…], …options}, however the record says it.
std::string shown_upstream(std::string_view text);

/// What a caller is told: the field before the message, unless callers of old know the message as it is.
std::string said_of(const Error& error);

}  // namespace hancock::slardar
