#include "slardar/http2/http2_answer_head.h"

#include "http/characters.h"
#include "http/field_line.h"
#include "slardar/http2/http2_field.h"

namespace hancock::slardar {
namespace {

using http::Check;
using http::ParseError;

constexpr http::HeadLimits kAnswerLimits{};

int status_of_text(std::string_view text) {
  if (text.size() != 3 || text[0] == '0') return 0;
  int status = 0;
  for (const char c : text) {
    if (!http::is_digit(c)) return 0;
    status = status * 10 + (c - '0');
  }
  return status;
}

}  // namespace

void Http2AnswerHead::add(std::string_view name, std::string_view value) {
  bytes_ += name.size() + value.size() + 4;  // ": " and the line end
  too_large_ |= bytes_ > kAnswerLimits.head_bytes || places_.size() > kAnswerLimits.headers;
  if (too_large_) return;
  if (text_.empty()) text_.reserve(512);
  places_.push_back({static_cast<uint32_t>(text_.size()), static_cast<uint32_t>(name.size()),
                     static_cast<uint32_t>(value.size())});
  text_.append(name).append(value);
}

Check Http2AnswerHead::finish() {
  if (too_large_) return ParseError{0, "the head of its answer is too large"};
  response_.clear();
  const std::string_view text(text_);
  for (size_t i = 0; i < places_.size(); ++i) {
    const Place& place = places_[i];
    const http::FieldView field{text.substr(place.name_at, place.name_size),
                                text.substr(place.name_at + place.name_size, place.value_size)};
    if (i == 0) {
      response_.status = field.name == ":status" ? status_of_text(field.value) : 0;
      if (response_.status == 0 || response_.status == 101) return ParseError{0, "no status, or a wrong one"};
    } else if (Check bad = take(field)) {
      return bad;
    }
  }
  if (response_.status == 0) return ParseError{0, "no status"};
  response_.reason = http::reason_phrase(response_.status);
  return {};
}

Check Http2AnswerHead::take(const http::FieldView& field) {
  if (Check bad = check_http2_field(field.name, field.value)) return bad;
  if (is_of_connection(field)) return ParseError{0, "field of a connection"};
  if (field.name == "content-length") {
    if (response_.content_length) return ParseError{0, "repeated Content-Length"};
    response_.content_length = http::parse_content_length(field.value);
    if (!response_.content_length) return ParseError{0, "Content-Length is no plain number"};
  }
  response_.fields.push_back(field);
  return {};
}

bool Http2Trailers::add(std::string_view name, std::string_view value) {
  if (check_http2_field(name, value)) return false;
  if (!http::is_allowed_trailer(name)) return true;
  if (places_.size() == kAnswerLimits.headers) return false;
  if (lines_.size() + name.size() + value.size() + 4 > kAnswerLimits.head_bytes) return false;
  places_.push_back({lines_.size(), name.size(), value.size()});
  lines_.append(name).append(": ").append(value).append("\r\n");
  return true;
}

void Http2Trailers::finish() {
  const std::string_view lines(lines_);
  for (const Place& place : places_)
    fields_.push_back({lines.substr(place.at, place.name_size),
                       lines.substr(place.at + place.name_size + 2, place.value_size)});
}

}  // namespace hancock::slardar
