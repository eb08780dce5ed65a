#include "slardar/confd/json_fields.h"

#include <fmt/format.h>

#include <cmath>

namespace hancock::slardar::json_fields {
namespace {

/// A value as a message shows it.
std::string shown(const Json& value) {
  return value.is_primitive() ? value.dump(-1, ' ', true, Json::error_handler_t::replace)
                              : std::string(value.type_name());
}

}  // namespace

tl::unexpected<Error> refuse(std::string field, std::string message) {
  return tl::unexpected(Error{ErrorCode::kInvalid, std::move(message), std::move(field)});
}

std::string member_of(const std::string& path, const std::string& member) {
  return path.empty() ? member : path + "." + member;
}

Result<int64_t> whole_number(const Json& value, const std::string& field, int64_t min, int64_t max) {
  const bool fits =
      value.is_number_integer() && !(value.is_number_unsigned() && value.get<uint64_t>() > INT64_MAX);
  if (!fits || value.get<int64_t>() < min || value.get<int64_t>() > max)
    return refuse(field, fmt::format("{}: a whole number from {} to {} is allowed", shown(value), min, max));
  return value.get<int64_t>();
}

Result<std::chrono::milliseconds> seconds(const Json& value, const std::string& field,
                                          std::chrono::milliseconds min) {
  const double span = value.is_number() ? value.get<double>() * 1e3 : -1;
  const bool fits =
      span >= static_cast<double>(min.count()) - 0.5 && span <= static_cast<double>(kSecondsMax.count());
  if (!fits) {
    return refuse(field, fmt::format("{}: a number of seconds from {} to {} is allowed", shown(value),
                                     static_cast<double>(min.count()) / 1e3, kSecondsMax.count() / 1'000));
  }
  return std::chrono::milliseconds(std::max<int64_t>(std::llround(span), min.count()));
}

Result<bool> boolean(const Json& value, const std::string& field) {
  if (!value.is_boolean()) return refuse(field, shown(value) + ": true or false is allowed");
  return value.get<bool>();
}

Result<std::string> text(const Json& value, const std::string& field, size_t max) {
  if (!value.is_string()) return refuse(field, shown(value) + ": a string is needed");
  const auto& given = value.get_ref<const std::string&>();
  if (given.size() > max) return refuse(field, fmt::format("at most {} bytes are allowed", max));
  return given;
}

Json seconds_json(std::chrono::milliseconds span) {
  if (span.count() % 1'000 == 0) return span.count() / 1'000;
  return static_cast<double>(span.count()) / 1e3;
}

}  // namespace hancock::slardar::json_fields
