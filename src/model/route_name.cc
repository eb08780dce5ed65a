#include "model/route_name.h"

#include <algorithm>

namespace hancock::model {
namespace {

bool is_label(std::string_view text) {
  constexpr size_t kLabelMax = 63;
  if (text.empty() || text.size() > kLabelMax || text.front() == '-' || text.back() == '-') return false;
  return std::ranges::all_of(
      text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

}  // namespace

bool is_route_host(std::string_view text) {
  constexpr size_t kHostMax = 253;
  if (text == "*") return true;
  if (text.size() > kHostMax) return false;
  if (text.starts_with("*.")) text.remove_prefix(2);
  for (;;) {
    const size_t dot = text.find('.');
    if (!is_label(text.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

bool is_server_name(std::string_view text) { return text != "*" && is_route_host(text); }

bool is_certificate_name(std::string_view text) {
  constexpr size_t kCertificateMax = 128;
  if (text.empty() || text.size() > kCertificateMax) return false;
  return std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  });
}

bool is_route_path(std::string_view text) {
  return is_probe_path(text) && text.find('?') == std::string_view::npos;
}

bool is_probe_path(std::string_view text) {
  constexpr size_t kPathMax = 1024;
  if (!text.starts_with('/') || text.size() > kPathMax) return false;
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7F && c != '#'; });
}

}  // namespace hancock::model
