#include "model/yaml_text.h"

#include <fmt/core.h>

#include <optional>

#include "model/utf8.h"

namespace hancock::model {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

SpecError at_line(int line, std::string message) {
  SpecError error;
  error.message = std::move(message);
  error.allowed = "UTF-8 text without control characters";
  error.line = line;
  return error;
}

std::optional<SpecError> find_bad_byte(std::string_view text) {
  int line = 1;
  while (!text.empty()) {
    const size_t length = utf8_length(text);
    const auto byte = static_cast<unsigned char>(text.front());
    if (length == 0) return at_line(line, fmt::format("byte 0x{:02x} is not UTF-8", byte));
    const bool blank = byte == '\t' || byte == '\n' || byte == '\r';
    if ((byte < 0x20 && !blank) || byte == 0x7F) {
      return at_line(line, fmt::format("control character 0x{:02x}", byte));
    }
    if (byte == '\n') ++line;
    text.remove_prefix(length);
  }
  return std::nullopt;
}

/// The 16 bits of an escape like \ud83d at the front of `text`.
std::optional<uint32_t> utf16_escape(std::string_view text) {
  if (text.size() < 6 || !text.starts_with("\\u")) return std::nullopt;
  uint32_t unit = 0;
  for (const char c : text.substr(2, 4)) {
    const char lower = static_cast<char>(c | 0x20);
    if (c >= '0' && c <= '9') {
      unit = unit * 16 + static_cast<uint32_t>(c - '0');
    } else if (lower >= 'a' && lower <= 'f') {
      unit = unit * 16 + static_cast<uint32_t>(lower - 'a' + 10);
    } else {
      return std::nullopt;
    }
  }
  return unit;
}

std::string join_surrogates(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    size_t taken = 1;
    if (text.front() == '\\') {
      const auto high = utf16_escape(text);
      const auto low = utf16_escape(text.substr(std::min<size_t>(6, text.size())));
      if (high && low && *high >= 0xD800 && *high < 0xDC00 && *low >= 0xDC00 && *low < 0xE000) {
        append_utf8(out, 0x10000 + ((*high - 0xD800) << 10) + (*low - 0xDC00));
        text.remove_prefix(12);
        continue;
      }
      taken = std::min<size_t>(2, text.size());  // an escaped backslash starts nothing
    }
    out += text.substr(0, taken);
    text.remove_prefix(taken);
  }
  return out;
}

}  // namespace

tl::expected<std::string, SpecError> clean_yaml_text(std::string_view text) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  if (auto error = find_bad_byte(text)) return tl::unexpected(std::move(*error));
  const size_t first = text.find_first_not_of(" \t\r\n");
  const bool is_json = first != std::string_view::npos && text[first] == '{';
  return is_json ? join_surrogates(text) : std::string(text);
}

}  // namespace hancock::model
