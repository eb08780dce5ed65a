#include "slardar/http2/http2_field.h"

#include "http/characters.h"
#include "http/scan.h"

namespace hancock::slardar {

using http::ParseError;

// RFC 9113 section 8.2.1.
http::Check check_http2_field(std::string_view name, std::string_view value) {
  if (name.empty()) return ParseError{0, "empty header name"};
  for (const char c : name) {
    if (!http::is_token_char(c) || (c >= 'A' && c <= 'Z'))
      return ParseError{0, "header name is no token in lower case"};
  }
  if (http::find_non_value(value) < value.size()) return ParseError{0, "control byte in a header value"};
  if (!value.empty() && (http::is_blank(value.front()) || http::is_blank(value.back())))
    return ParseError{0, "blank around a header value"};
  return {};
}

// RFC 9113 section 8.2.2.
bool is_of_connection(const http::FieldView& field) {
  for (const std::string_view name :
       {"connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"}) {
    if (field.name == name) return true;
  }
  return field.name == "te" && !http::same_name(field.value, "trailers");
}

}  // namespace hancock::slardar
