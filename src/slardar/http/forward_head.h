// Rewrites heads between visitor and peer: hop-by-hop fields out, forwarding fields in, framing as parsed.
//
// Pure functions into a HeadScratch, of which each worker has one: what stands there is sent, or copied,
// before the next head is written. docs/slardar.md lists what is changed.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "http/message_view.h"
#include "slardar/routing/header_edits.h"

namespace hancock::slardar {

/// A fixed piece of memory that heads are written in.
class HeadScratch {
 public:
  static constexpr size_t kBytes =
      96 << 10;  // twice the limit of a head, its forwarding fields, a route's edits and a script's
  HeadScratch() : bytes_(std::make_unique_for_overwrite<char[]>(kBytes)) {}

  void clear() { size_ = 0; }
  void add(std::string_view text);
  void add_field(std::string_view name, std::string_view value);
  void add_number(uint64_t number);
  std::string_view text() const { return {bytes_.get(), size_}; }

 private:
  std::unique_ptr<char[]> bytes_;
  size_t size_ = 0;
};

struct RequestForward {
  std::string_view visitor_ip;
  std::string_view proto = "http";
  std::string_view fallback_host;  // for HTTP/1.0 without Host
  std::string_view request_id;     // used when the request has none
  bool upgrade = false;
  std::string_view new_trace;  // a traceparent in place of the request's, and no tracestate
  bool via = false;            // the peer is told that a gateway stands before it
  bool came_by_http2 = false;
  const HeaderEdits* edits = nullptr;  // nullptr: none
};
void write_request(const http::RequestView& head, const RequestForward& how, HeadScratch& out);

enum class VisitorConnection { kDefault, kClose, kKeepAlive };  // the Connection field of an answer

struct ResponseForward {
  VisitorConnection connection = VisitorConnection::kDefault;
  bool chunked = false;  // Transfer-Encoding: chunked
  bool length = false;   // the Content-Length that it came with
  bool upgrade = false;  // a 101
  const HeaderEdits* edits = nullptr;
  std::string_view set_cookie;  // one more Set-Cookie
  std::string_view date;        // the Date of an answer that comes without one
};
void write_response(const http::ResponseView& head, const ResponseForward& how, HeadScratch& out);

/// The fields that write_response writes, but Connection and framing: for visitors whose heads are not text.
using FieldVisit = std::function<void(std::string_view name, std::string_view value)>;
void each_answer_field(const http::ResponseView& head, const ResponseForward& how, const FieldVisit& visit);

/// Whether `Connection: upgrade` names protocols in Upgrade and the request may be joined to its peer after a
/// 101: it has no body, which would still be on its way then, and none of the protocols is HTTP itself.
bool wants_upgrade(const http::RequestView& head);
/// Whether a 101 names protocols that the request asked for, and nothing else (RFC 9110 section 7.8).
bool is_wanted_upgrade(const http::RequestView& head, const http::ResponseView& answer);

/// The request has passed so many slardars that it can only be going round (RFC 9110 section 7.6): by Via.
bool goes_round(const http::RequestView& head);

/// An OPTIONS that may go no further than here (Max-Forwards: 0, RFC 9110 section 7.6.2).
bool ends_here(const http::RequestView& head);

}  // namespace hancock::slardar
