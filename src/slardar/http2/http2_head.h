// Http2Head: the head of an HTTP/2 request, field by field as it is decoded, and the request that it makes.
//
//   Http2Head head;
//   head.add(":method", "GET"); …
//   http::Check bad = head.finish(Http2Head::Body::kNone);   // then head.request(), valid while head is not
//   changed
//
// As strict as the HTTP/1 parser (docs/http.md) and RFC 9113 section 8: names in lower case, no field of a
// connection, pseudo-fields once and first, Host equal to :authority, cookies joined. The same limits: past
// them nothing is kept, so a head that unpacks to much more costs no memory. Pure; one thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "http/head_parser.h"

namespace hancock::slardar {

class Http2Head {
 public:
  enum class Body { kNone, kFollows };

  void add(std::string_view name, std::string_view value);
  /// All that was offered, kept or not: far more than the limit is no mistake.
  size_t offered_bytes() const { return offered_bytes_; }
  const http::HeadLimits& limits() const { return limits_; }

  /// After the last field: checks the whole and makes the request. A body without a length is chunked to the
  /// peers.
  http::Check finish(Body body);
  const http::RequestView& request() const { return request_; }

 private:
  struct Place {
    uint32_t name_at, name_size, value_size;
  };
  struct Pseudo {
    std::string_view name;
    std::string_view value;
    bool seen = false;
  };
  http::Check take_pseudo(const http::FieldView& field);
  http::Check take(const http::FieldView& field);
  http::Check make_target();
  void note(http::ParseError error);

  static constexpr http::HeadLimits limits_{};
  std::string text_;  // names and values, one behind the other
  std::vector<Place> places_;
  std::string cookies_;
  size_t offered_bytes_ = 0;
  http::Check error_;
  Pseudo pseudo_[4] = {{":method", {}}, {":scheme", {}}, {":authority", {}}, {":path", {}}};
  http::RequestView request_;
};

/// Checks a trailer and appends it as an HTTP/1 field line.
http::Check append_trailer(std::string_view name, std::string_view value, std::string& lines);

}  // namespace hancock::slardar
