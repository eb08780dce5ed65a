#include "http/field_line.h"

#include "http/characters.h"
#include "http/scan.h"

namespace hancock::http {
namespace {

void note_connection(MessageView& head, std::string_view list) {
  while (!list.empty()) {
    const std::string_view option = next_list_element(list);
    if (same_name(option, "close")) head.close = true;
    if (same_name(option, "keep-alive")) head.keep_alive = true;
    if (same_name(option, "upgrade")) head.upgrade = true;
  }
}

// Not every parser takes a tab for a blank, and a framing field must mean the same to all of them.
Check check_no_tab(std::string_view line) {
  const size_t tab = line.find('\t');
  if (tab == std::string_view::npos) return {};
  return ParseError{tab, "tab beside the value of a framing field"};
}

Check note_length(MessageView& head, const FieldView& field, std::string_view line) {
  const size_t at = field.name.size() + 1;
  if (auto bad = check_no_tab(line)) return bad;
  if (head.content_length) return ParseError{at, "repeated Content-Length"};
  head.content_length = parse_content_length(field.value);
  if (!head.content_length) return ParseError{at, "Content-Length is no plain number"};
  return {};
}

Check note_coding(MessageView& head, const FieldView& field, std::string_view line) {
  const size_t at = field.name.size() + 1;
  if (auto bad = check_no_tab(line)) return bad;
  if (head.chunked) return ParseError{at, "repeated Transfer-Encoding"};
  if (!same_name(field.value, "chunked")) return ParseError{at, "Transfer-Encoding is not just chunked"};
  head.chunked = true;
  return {};
}

}  // namespace

Check parse_field_line(std::string_view line, FieldView& field) {
  if (is_blank(line.front())) return ParseError{0, "folded header line"};
  size_t at = 0;
  while (at < line.size() && is_token_char(line[at])) ++at;
  if (at == line.size()) return ParseError{at, "header line without a colon"};
  if (is_blank(line[at])) return ParseError{at, "blank before the colon of a header"};
  if (line[at] != ':') return ParseError{at, "header name is no token"};
  if (at == 0) return ParseError{0, "empty header name"};
  field.name = line.substr(0, at);
  const size_t bad = at + 1 + find_non_value(line.substr(at + 1));
  if (bad < line.size())
    return ParseError{bad, line[bad] == '\r' ? "bare CR" : "control byte in a header value"};
  field.value = trim_blanks(line.substr(at + 1));
  return {};
}

bool is_allowed_trailer(std::string_view name) {
  for (const char* forbidden : {"content-length", "transfer-encoding", "host", "connection", "trailer", "te",
                                "upgrade", "keep-alive", "proxy-connection"}) {
    if (same_name(name, forbidden)) return false;
  }
  return true;
}

std::optional<uint64_t> parse_content_length(std::string_view value) {
  constexpr uint64_t kMax = INT64_MAX;
  if (value.empty()) return std::nullopt;
  uint64_t length = 0;
  for (const char c : value) {
    if (!is_digit(c)) return std::nullopt;
    const auto digit = static_cast<uint64_t>(c - '0');
    if (length > (kMax - digit) / 10) return std::nullopt;
    length = length * 10 + digit;
  }
  return length;
}

Check note_field(MessageView& head, const FieldView& field, std::string_view line) {
  switch (field.name.size()) {  // spares nearly all fields a comparison
    case 10:
      if (same_name(field.name, "connection")) note_connection(head, field.value);
      return {};
    case 14:
      if (!same_name(field.name, "content-length")) return {};
      return note_length(head, field, line);
    case 17:
      if (!same_name(field.name, "transfer-encoding")) return {};
      return note_coding(head, field, line);
    default:
      return {};
  }
}

Check check_framing_fields(const MessageView& head) {
  if (!head.chunked) return {};
  if (head.content_length) return ParseError{0, "both Content-Length and Transfer-Encoding"};
  if (head.minor_version == 0) return ParseError{0, "Transfer-Encoding in HTTP/1.0"};
  return {};
}

}  // namespace hancock::http
