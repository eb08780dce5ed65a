#include "model/image_reference.h"

#include <algorithm>

namespace hancock::model {
namespace {

constexpr bool is_lower_alphanumeric(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_word(char c) { return is_lower_alphanumeric(c) || (c >= 'A' && c <= 'Z') || c == '_'; }

bool is_digest(std::string_view text) {
  size_t digits = 0;
  if (text.starts_with("sha256:")) digits = 64;
  if (text.starts_with("sha512:")) digits = 128;
  if (digits == 0) return false;
  text.remove_prefix(7);
  return text.size() == digits &&
         std::ranges::all_of(text, [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); });
}

bool is_tag(std::string_view text) {
  if (text.empty() || text.size() > 128 || !is_word(text.front())) return false;
  return std::ranges::all_of(text, [](char c) { return is_word(c) || c == '.' || c == '-'; });
}

/// Lower-case words joined by one ".", one or two "_", or any number of "-".
bool is_component(std::string_view text) {
  if (text.empty() || !is_lower_alphanumeric(text.front()) || !is_lower_alphanumeric(text.back()))
    return false;
  for (size_t i = 0; i < text.size();) {
    if (is_lower_alphanumeric(text[i])) {
      ++i;
      continue;
    }
    const size_t end = std::min(text.find_first_not_of(text[i], i), text.size());
    const size_t run = end - i;
    const bool right = text[i] == '-' || (text[i] == '_' && run <= 2) || (text[i] == '.' && run == 1);
    // After the run of one separator a word must come.
    if (!right || end == text.size() || !is_lower_alphanumeric(text[end])) return false;
    i = end;
  }
  return true;
}

bool is_port(std::string_view text) {
  return !text.empty() && text.size() <= 5 && std::ranges::all_of(text, is_digit);
}

/// "registry.test", "127.0.0.1:5000", "[fd00::1]:5000", "localhost".
bool is_host(std::string_view text) {
  if (text.starts_with('[')) {
    const size_t end = text.find(']');
    if (end == std::string_view::npos || end < 3) return false;
    const auto address = text.substr(1, end - 1);
    const auto rest = text.substr(end + 1);
    const bool right = std::ranges::all_of(address, [](char c) {
      return is_digit(c) || c == ':' || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    });
    return right && (rest.empty() || (rest.starts_with(':') && is_port(rest.substr(1))));
  }
  const size_t colon = text.find(':');
  if (colon != std::string_view::npos && !is_port(text.substr(colon + 1))) return false;
  const auto host = text.substr(0, colon);
  if (host.empty() || !is_word(host.front()) || !is_word(host.back())) return false;
  return std::ranges::all_of(host, [](char c) { return (is_word(c) && c != '_') || c == '.' || c == '-'; });
}

/// [HOST/]PATH: the first component is a host when it has a dot or a colon or is "localhost".
bool is_repository(std::string_view text) {
  constexpr size_t kRepositoryMax = 255;
  if (text.size() > kRepositoryMax) return false;
  const size_t slash = text.find('/');
  const auto first = text.substr(0, slash);
  if (slash != std::string_view::npos &&
      (first == "localhost" || first.find_first_of(".:") != std::string_view::npos)) {
    if (!is_host(first)) return false;
    text.remove_prefix(slash + 1);
  }
  for (;;) {
    const size_t end = text.find('/');
    if (!is_component(text.substr(0, end))) return false;
    if (end == std::string_view::npos) return true;
    text.remove_prefix(end + 1);
  }
}

}  // namespace

bool is_image_reference(std::string_view text) {
  const size_t at = text.find('@');
  if (at != std::string_view::npos && !is_digest(text.substr(at + 1))) return false;
  const auto rest = text.substr(0, at);
  const size_t colon = rest.rfind(':');
  // A colon before the last slash is a port's.
  const bool tagged = colon != std::string_view::npos && rest.find('/', colon) == std::string_view::npos;
  if (tagged && !is_tag(rest.substr(colon + 1))) return false;
  return (tagged || at != std::string_view::npos) &&
         is_repository(rest.substr(0, tagged ? colon : rest.size()));
}

}  // namespace hancock::model
