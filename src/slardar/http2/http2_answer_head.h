// Http2AnswerHead: the head of a peer's HTTP/2 answer, field by field as it is decoded, and the response that
// it makes: interim or final.
//
//   Http2AnswerHead head;
//   head.add(":status", "200"); …
//   http::Check bad = head.finish();   // then head.response(), valid while head lives
//
// As strict and as limited as the HTTP/1 parser is with answers (docs/http.md). Pure; one thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "http/head_parser.h"

namespace hancock::slardar {

class Http2AnswerHead {
 public:
  Http2AnswerHead() = default;
  Http2AnswerHead(const Http2AnswerHead&) = delete;

  void add(std::string_view name, std::string_view value);
  /// After the last field.
  http::Check finish();
  const http::ResponseView& response() const { return response_; }
  /// Nothing comes behind it: of an answer that may have a body, its length is 0 then.
  void set_empty() { response_.content_length = 0; }

 private:
  struct Place {
    uint32_t name_at, name_size, value_size;
  };
  http::Check take(const http::FieldView& field);

  std::string text_;  // names and values, one behind the other
  std::vector<Place> places_;
  size_t bytes_ = 0;
  bool too_large_ = false;
  http::ResponseView response_;
};

/// Trailers of an answer, as fields and as lines of an HTTP/1 message. What must not stand in trailers is
/// left out.
class Http2Trailers {
 public:
  /// False: they break the rules, or are too many.
  bool add(std::string_view name, std::string_view value);
  /// After the last one; the fields are valid then.
  void finish();
  const std::vector<http::FieldView>& fields() const { return fields_; }
  std::string_view lines() const { return lines_; }

 private:
  struct Place {
    size_t at, name_size, value_size;
  };
  std::string lines_;
  std::vector<Place> places_;
  std::vector<http::FieldView> fields_;
};

}  // namespace hancock::slardar
