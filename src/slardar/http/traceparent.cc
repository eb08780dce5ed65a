#include "slardar/http/traceparent.h"

#include <algorithm>

namespace hancock::slardar {
namespace {

constexpr size_t kSize = 55;

bool is_hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool all_zero(std::string_view text) { return text.find_first_not_of('0') == std::string_view::npos; }

char* put_hex(char* to, uint64_t bits, size_t digits) {
  for (size_t i = 0; i < digits; ++i, bits >>= 4) *to++ = "0123456789abcdef"[bits & 15];
  return to;
}

}  // namespace

bool is_traceparent(std::string_view value) {
  if (value.size() < kSize || value[2] != '-' || value[35] != '-' || value[52] != '-') return false;
  const std::string_view version = value.substr(0, 2);
  if (!is_hex(version) || version == "ff") return false;
  if (value.size() > kSize && (version == "00" || value[kSize] != '-')) return false;
  const std::string_view trace = value.substr(3, 32);
  const std::string_view parent = value.substr(36, 16);
  return is_hex(trace) && is_hex(parent) && is_hex(value.substr(53, 2)) && !all_zero(trace) &&
         !all_zero(parent);
}

std::optional<std::string_view> traceparent_of(const http::RequestView& head) {
  std::optional<std::string_view> found;
  for (const http::FieldView& field : head.fields) {
    if (field.name.size() != 11 || !http::same_name(field.name, "traceparent")) continue;
    if (found || !is_traceparent(field.value)) return std::nullopt;
    found = field.value;
  }
  return found;
}

TraceParentText make_traceparent(Random& random, bool sampled) {
  TraceParentText text;
  char* to = text.data();
  const auto put = [&](std::string_view part) { to = std::copy(part.begin(), part.end(), to); };
  put("00-");
  to = put_hex(to, random.next() | 1, 16);  // never all zero
  to = put_hex(to, random.next(), 16);
  put("-");
  to = put_hex(to, random.next() | 1, 16);
  put(sampled ? "-01" : "-00");
  return text;
}

}  // namespace hancock::slardar
