#include "slardar/http2/http2_head.h"

#include <algorithm>
#include <tuple>

#include "http/characters.h"
#include "http/chunked_decoder.h"
#include "http/field_line.h"
#include "http/scan.h"
#include "http/target.h"
#include "slardar/http2/http2_field.h"

namespace hancock::slardar {
namespace {

using http::Check;
using http::ParseError;
enum PseudoIndex : size_t { kMethod, kScheme, kAuthority, kPath };

}  // namespace

// The first mistake counts.
void Http2Head::note(ParseError error) {
  if (!error_) error_ = error;
}

void Http2Head::add(std::string_view name, std::string_view value) {
  offered_bytes_ += name.size() + value.size() + 4;  // ": " and the line end
  if (name == ":path" && value.size() > limits_.target_bytes) note({0, "target too long", 414});
  if (offered_bytes_ > limits_.head_bytes) note({0, "head too large", 431});
  const size_t fields = places_.size() - std::min<size_t>(places_.size(), 4);
  if (fields >= limits_.headers) note({0, "too many headers", 431});
  if (error_) return;
  if (text_.empty()) text_.reserve(1024);
  places_.push_back({static_cast<uint32_t>(text_.size()), static_cast<uint32_t>(name.size()),
                     static_cast<uint32_t>(value.size())});
  text_.append(name).append(value);
}

Check Http2Head::finish(Body body) {
  request_.clear();
  if (error_) return error_;
  request_.fields.reserve(places_.size() + 1);
  request_.fields.push_back({"Host", {}});
  bool any_field = false;
  for (const Place& place : places_) {
    const std::string_view text(text_);
    const http::FieldView field{text.substr(place.name_at, place.name_size),
                                text.substr(place.name_at + place.name_size, place.value_size)};
    const bool is_pseudo = field.name.starts_with(':');
    if (is_pseudo && any_field) return ParseError{0, "pseudo-header field behind a field"};
    any_field |= !is_pseudo;
    if (Check bad = is_pseudo ? take_pseudo(field) : take(field)) return bad;
  }
  if (!cookies_.empty()) request_.fields.push_back({"cookie", cookies_});
  if (Check bad = make_target()) return bad;
  request_.fields[0].value = request_.host;
  request_.chunked = body == Body::kFollows && !request_.content_length;
  if (body == Body::kNone && request_.content_length.value_or(0) > 0)
    return ParseError{0, "Content-Length without a body"};
  return {};
}

Check Http2Head::take_pseudo(const http::FieldView& field) {
  for (Pseudo& known : pseudo_) {
    if (field.name != known.name) continue;
    if (std::exchange(known.seen, true)) return ParseError{0, "repeated pseudo-header field"};
    if (http::find_non_value(field.value) < field.value.size())
      return ParseError{0, "control byte in a pseudo-header field"};
    known.value = field.value;
    return {};
  }
  return ParseError{0, "unknown pseudo-header field"};
}

Check Http2Head::take(const http::FieldView& field) {
  if (Check bad = check_http2_field(field.name, field.value)) return bad;
  if (is_of_connection(field)) return ParseError{0, "field of a connection"};
  if (field.name == "host") {
    if (request_.host.data() != nullptr) return ParseError{0, "repeated Host"};
    request_.host = field.value;
    return {};
  }
  if (field.name == "content-length") {
    if (request_.content_length) return ParseError{0, "repeated Content-Length"};
    request_.content_length = http::parse_content_length(field.value);
    if (!request_.content_length) return ParseError{0, "Content-Length is no plain number"};
  }
  if (field.name == "expect") request_.expects_continue = http::same_name(field.value, "100-continue");
  if (field.name == "cookie") {  // RFC 9113 section 8.2.3
    if (!cookies_.empty()) cookies_ += "; ";
    cookies_ += field.value;
    return {};
  }
  request_.fields.push_back(field);
  return {};
}

Check Http2Head::make_target() {
  const auto [method, scheme, authority, path] = std::tie(pseudo_[kMethod].value, pseudo_[kScheme].value,
                                                          pseudo_[kAuthority].value, pseudo_[kPath].value);
  if (method.empty()) return ParseError{0, "missing :method"};
  for (const char c : method) {
    if (!http::is_token_char(c)) return ParseError{0, "broken method"};
  }
  request_.method = method;
  if (method == "CONNECT" || method == "TRACE") return ParseError{0, "method not allowed", 405};
  if (scheme != "http" && scheme != "https") return ParseError{0, "scheme is neither http nor https"};
  http::Target target;
  if (path.empty() || (path[0] != '/' && path != "*")) return ParseError{0, "broken :path"};
  if (Check bad = http::parse_target(path, method, target)) return bad;
  request_.target = target.rest;
  if (!authority.empty()) {
    if (!request_.host.empty() && !http::same_name(authority, request_.host))
      return ParseError{0, "Host is not :authority"};
    request_.host = authority;
  }
  if (!http::is_valid_host(request_.host)) return ParseError{0, "missing or broken host"};
  return {};
}

Check append_trailer(std::string_view name, std::string_view value, std::string& lines) {
  constexpr http::ChunkedLimits kLimits{};
  if (Check bad = check_http2_field(name, value)) return bad;
  if (!http::is_allowed_trailer(name)) return ParseError{0, "a field that is not allowed in trailers"};
  if (lines.size() + name.size() + value.size() + 4 > kLimits.trailer_bytes)
    return ParseError{0, "trailers too large", 431};
  lines.append(name).append(": ").append(value).append("\r\n");
  return {};
}

}  // namespace hancock::slardar
