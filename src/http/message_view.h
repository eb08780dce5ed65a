// Views of a parsed head: string_views into the bytes that were parsed, and what its framing fields say.
//
// Filled by HeadParser; valid as long as those bytes stay where they are. Made to be kept and filled again
// for the next message: the list of fields keeps its memory. Any thread, one at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "http/message.h"

namespace hancock::http {

struct FieldView {
  std::string_view name;
  std::string_view value;  // without the blanks around it
};

/// What requests and responses have in common.
struct MessageView {
  int minor_version = 1;  // HTTP/1.x
  std::vector<FieldView> fields;

  std::optional<uint64_t> content_length;  // never together with chunked
  bool chunked = false;                    // Transfer-Encoding: chunked
  bool close = false;                      // Connection: close
  bool keep_alive = false;                 // Connection: keep-alive
  bool upgrade = false;                    // Connection: upgrade

  /// The value of the first field of that name.
  std::optional<std::string_view> get(std::string_view name) const;
  /// True when the connection may carry another message after this one, by version and Connection.
  bool persistent() const { return !close && (minor_version >= 1 || keep_alive); }
  void clear();
};

struct RequestView : MessageView {
  std::string_view method;
  std::string_view target;        // origin form or "*"; of an absolute form, what follows the authority
  std::string_view host;          // Host's value; "" only in HTTP/1.0
  bool expects_continue = false;  // Expect: 100-continue, in HTTP/1.1

  void clear();
  RequestHead to_head() const;
};

struct ResponseView : MessageView {
  int status = 0;
  std::string_view reason;

  void clear();
  ResponseHead to_head() const;
};

}  // namespace hancock::http
