#include "slardar/admin/access.h"

#include <algorithm>
#include <sstream>

#include "base/encoding.h"
#include "base/file.h"
#include "slardar/admin/answers.h"

namespace hancock::slardar {
namespace {

constexpr std::string_view kBearer = "Bearer ";
constexpr std::string_view kBasic = "Basic ";

/// In a time that does not tell where they differ.
bool same(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  unsigned difference = 0;
  for (size_t i = 0; i < a.size(); ++i)
    difference |= static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i]);
  return difference == 0;
}

/// The scheme's name may be written in any case (RFC 9110, section 11.1).
std::optional<std::string_view> credentials(std::string_view field, std::string_view scheme) {
  if (!http::same_name(field.substr(0, scheme.size()), scheme)) return std::nullopt;
  return field.substr(scheme.size());
}

std::optional<std::string> shown_token(const http::Headers& headers) {
  const auto field = headers.get("Authorization");
  if (!field) return std::nullopt;
  if (const auto token = credentials(*field, kBearer)) return std::string(*token);
  const auto basic = credentials(*field, kBasic);
  const auto pair = basic ? base64_decode(*basic) : std::nullopt;
  const size_t colon = pair ? pair->find(':') : std::string::npos;
  if (colon == std::string::npos) return std::nullopt;
  return pair->substr(colon + 1);
}

/// By a name of its own a page could have been sent here (DNS rebinding); an address or `localhost` is typed.
bool is_asked_by_address(const http::RequestHead& request) {
  const auto host = request.headers.get("Host");
  if (!host) return true;
  const std::string_view name =
      host->substr(0, host->starts_with('[') ? host->find(']') + 1 : host->find(':'));
  return http::same_name(name, "localhost") || io::Address::parse(std::string(name) + ":1").has_value();
}

bool reads_only(std::string_view method) { return method == "GET" || method == "HEAD"; }

}  // namespace

std::optional<http::Response> AdminAccess::refusal(const http::RequestHead& request,
                                                   const io::Address& peer) const {
  if (!reads_only(request.method) && request.headers.has("Origin"))
    return slardar::refusal(403, "not from a page in a browser");
  const bool open = tokens_.empty() && allowed_.empty();
  if (open && !is_asked_by_address(request))
    return slardar::refusal(403, "without tokens it is asked for by an address or as localhost");
  if (open || comes_from_allowed(peer) || shows_token(request.headers)) return std::nullopt;
  if (tokens_.empty()) return slardar::refusal(403, peer.host() + " is not allowed");
  http::Response response = slardar::refusal(401, "a token is needed");
  response.headers.add("WWW-Authenticate", "Bearer realm=\"slardar\"");
  response.headers.add("WWW-Authenticate", "Basic realm=\"slardar\"");
  return response;
}

bool AdminAccess::comes_from_allowed(const io::Address& peer) const {
  return std::any_of(allowed_.begin(), allowed_.end(),
                     [&](const Network& each) { return each.contains(peer); });
}

bool AdminAccess::shows_token(const http::Headers& headers) const {
  const auto shown = shown_token(headers);
  return shown && std::any_of(tokens_.begin(), tokens_.end(),
                              [&](const std::string& each) { return same(each, *shown); });
}

Result<std::vector<std::string>> read_tokens(const std::string& path) {
  constexpr size_t kFileMax = 64 << 10;
  auto text = read_file(path, kFileMax);
  if (!text) return forward_error(text);
  std::vector<std::string> tokens;
  std::istringstream words(*text);
  for (std::string token; words >> token;) {
    if (token.size() < AdminAccess::kTokenMin)
      return fail(ErrorCode::kInvalid, "{}: a token has at least {} characters", path,
                  AdminAccess::kTokenMin);
    tokens.push_back(token);
  }
  if (tokens.empty()) return fail(ErrorCode::kInvalid, "{}: holds no token", path);
  return tokens;
}

}  // namespace hancock::slardar
