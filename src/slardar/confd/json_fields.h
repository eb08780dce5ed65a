// What the members of an operator's upstream are read with: a value, or what is wrong with it and where.
// Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "base/error.h"

namespace hancock::slardar::json_fields {

using Json = nlohmann::json;

/// kInvalid at that field.
[[nodiscard]] tl::unexpected<Error> refuse(std::string field, std::string message);

/// "a.b", or "b" at the top.
std::string member_of(const std::string& path, const std::string& member);

Result<int64_t> whole_number(const Json& value, const std::string& field, int64_t min, int64_t max);
/// A number of seconds, in whole milliseconds.
Result<std::chrono::milliseconds> seconds(const Json& value, const std::string& field,
                                          std::chrono::milliseconds min);
inline constexpr std::chrono::milliseconds kSecondsMax = std::chrono::hours(24);
Result<bool> boolean(const Json& value, const std::string& field);
/// At most `max` bytes.
Result<std::string> text(const Json& value, const std::string& field, size_t max);
/// As it is written in an answer: seconds, whole ones without a fraction.
Json seconds_json(std::chrono::milliseconds span);

}  // namespace hancock::slardar::json_fields
