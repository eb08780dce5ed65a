#include "http/head_parser.h"

#include <cstring>

#include "http/characters.h"
#include "http/field_line.h"
#include "http/start_line.h"

namespace hancock::http {

// Splits the input at CRLF. next() is false at the input's end before a line's, and on a broken line end.
class HeadParser::Lines {
 public:
  Lines(std::string_view input, size_t limit_bytes) : input_(input), limit_bytes_(limit_bytes) {}

  bool next(std::string_view& line) {
    const void* const found = std::memchr(input_.data() + at_, '\n', input_.size() - at_);
    const size_t end =
        found ? static_cast<size_t>(static_cast<const char*>(found) - input_.data()) : input_.size();
    if (end >= limit_bytes_) return stop({limit_bytes_, "head too large", 431});
    if (!found) return false;
    if (end == at_ || input_[end - 1] != '\r') return stop({end, "bare LF"});
    line = input_.substr(at_, end - 1 - at_);
    at_ = end + 1;
    return true;
  }

  void skip_empty_line() {
    if (input_.starts_with("\r\n")) at_ = 2;
  }
  size_t at() const { return at_; }
  size_t offset(std::string_view part) const { return static_cast<size_t>(part.data() - input_.data()); }
  const Check& error() const { return error_; }

 private:
  bool stop(ParseError error) {
    error_ = error;
    return false;
  }

  std::string_view input_;
  size_t limit_bytes_;
  size_t at_ = 0;
  Check error_;
};

namespace {

constexpr ParseError kIncomplete{0, "incomplete", 0};

// What ended the lines: an error, or just the end of what has come so far.
Check end_of(const Check& error) { return error ? error : kIncomplete; }

// Fields that only requests have.
Check note_request_field(RequestView& head, const FieldView& field) {
  if (field.name.size() == 4 && same_name(field.name, "host")) {
    if (head.host.data() != nullptr) return ParseError{0, "repeated Host"};
    if (!is_valid_host(field.value)) return ParseError{0, "broken Host"};
    head.host = field.value;
  }
  if (field.name.size() == 6 && same_name(field.name, "expect")) {
    head.expects_continue = head.minor_version >= 1 && same_name(field.value, "100-continue");
  }
  return {};
}

Check check_host(const RequestView& head, std::string_view authority) {
  if (head.host.empty() && (head.minor_version >= 1 || !authority.empty()))
    return ParseError{0, "missing Host"};
  if (!authority.empty() && !same_name(authority, head.host)) {
    return ParseError{0, "Host is not the target's"};
  }
  return {};
}

// Binary junk (TLS on a plain port) is refused at once instead of at the deadline.
bool may_begin_request(std::string_view input) {
  return input.empty() || input[0] == '\r' || is_token_char(input[0]);
}
bool may_begin_response(std::string_view input) { return input.empty() || input[0] == 'H'; }

}  // namespace

Check HeadParser::parse_fields(Lines& lines, MessageView& head) {
  std::string_view line;
  while (lines.next(line)) {
    if (line.empty()) return shifted(check_framing_fields(head), lines.at());
    if (head.fields.size() == limits_.headers) return ParseError{lines.offset(line), "too many headers", 431};
    FieldView& field = head.fields.emplace_back();
    if (auto bad = parse_field_line(line, field)) return shifted(bad, lines.offset(line));
    if (auto bad = note_field(head, field, line)) return shifted(bad, lines.offset(line));
  }
  return end_of(lines.error());
}

Check HeadParser::parse_lines(Lines& lines, RequestView& head) {
  lines.skip_empty_line();
  std::string_view line;
  if (!lines.next(line)) {
    const Check end = end_of(lines.error());
    return end->status == 431 ? ParseError{end->offset, "target too long", 414} : end;
  }
  Target target;
  if (auto bad = parse_request_line(line, limits_.target_bytes, head, target)) {
    return shifted(bad, lines.offset(line));
  }
  if (auto bad = parse_fields(lines, head)) return bad;
  for (const FieldView& field : head.fields) {
    if (auto bad = note_request_field(head, field)) return shifted(bad, lines.offset(field.value));
  }
  return shifted(check_host(head, target.authority), lines.at());
}

Check HeadParser::parse_lines(Lines& lines, ResponseView& head) {
  std::string_view line;
  if (!lines.next(line)) return end_of(lines.error());
  if (auto bad = parse_status_line(line, head)) return shifted(bad, lines.offset(line));
  return parse_fields(lines, head);
}

template <class View>
HeadProgress HeadParser::run(std::string_view input, View& head) {
  const bool new_line = input.size() > seen_ && std::memchr(input.data() + seen_, '\n', input.size() - seen_);
  seen_ = input.size();
  if (!new_line && input.size() < limits_.head_bytes) return {};
  head.clear();
  Lines lines(input, limits_.head_bytes);
  const Check bad = parse_lines(lines, head);
  if (!bad) return {HeadProgress::Status::kDone, lines.at(), {}};
  if (bad->status == 0) return {};
  return {HeadProgress::Status::kBad, 0, *bad};
}

HeadProgress HeadParser::parse(std::string_view input, RequestView& head) {
  if (!may_begin_request(input)) return {HeadProgress::Status::kBad, 0, {0, "not HTTP"}};
  return run(input, head);
}

HeadProgress HeadParser::parse(std::string_view input, ResponseView& head) {
  if (!may_begin_response(input)) return {HeadProgress::Status::kBad, 0, {0, "not HTTP"}};
  return run(input, head);
}

}  // namespace hancock::http
