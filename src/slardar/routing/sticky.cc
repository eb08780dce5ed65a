#include "slardar/routing/sticky.h"

#include <fmt/format.h>

#include <cmath>

#include "slardar/balance/mix.h"

namespace hancock::slardar {
namespace {

/// In a Cookie field's value: "a=b; c=d" (RFC 6265 section 4.2.1). Names are compared with case.
std::optional<std::string_view> find_cookie(std::string_view cookies, std::string_view name) {
  while (!cookies.empty()) {
    const size_t end = cookies.find(';');
    std::string_view pair = cookies.substr(0, end);
    cookies.remove_prefix(end == std::string_view::npos ? cookies.size() : end + 1);
    pair.remove_prefix(std::min(pair.find_first_not_of(' '), pair.size()));
    if (pair.size() > name.size() + 1 && pair[name.size()] == '=' && pair.starts_with(name))
      return pair.substr(name.size() + 1);
  }
  return std::nullopt;
}

}  // namespace

Sticky parse_sticky(std::string_view text) {
  const std::string_view name = text.substr(std::min<size_t>(7, text.size()));
  if (name.empty()) return {};
  if (text.starts_with("cookie:")) return {Sticky::Kind::kCookie, std::string(name)};
  if (text.starts_with("header:")) return {Sticky::Kind::kHeader, std::string(name)};
  return {};
}

ClientHash hash_of_client(std::string_view value) {
  uint64_t hash = 0xcbf29ce484222325ULL;  // FNV-1a
  for (const char c : value) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return mixed(hash);
}

std::optional<std::string_view> client_value(const Sticky& sticky, const http::RequestView& head) {
  if (sticky.kind == Sticky::Kind::kHeader) {
    const auto value = head.get(sticky.name);
    return value && !value->empty() ? value : std::nullopt;
  }
  if (sticky.kind == Sticky::Kind::kNone) return std::nullopt;
  for (const http::FieldView& field : head.fields) {
    if (field.name.size() != 6 || !http::same_name(field.name, "cookie")) continue;
    if (const auto value = find_cookie(field.value, sticky.name)) return value;
  }
  return std::nullopt;
}

std::string set_cookie(const Sticky& sticky, std::string_view value, bool secure) {
  return fmt::format("{}={}; Path=/; HttpOnly; SameSite=Lax{}", sticky.name, value, secure ? "; Secure" : "");
}

double share_score(ClientHash client, uint32_t version, uint64_t weight) {
  const uint64_t bits = mixed(client ^ mixed(version * 0x9e3779b97f4a7c15ULL));
  const double u = (static_cast<double>(bits >> 11) + 0.5) * 0x1p-53;  // in (0, 1)
  return static_cast<double>(weight) / -std::log(u);
}

}  // namespace hancock::slardar
