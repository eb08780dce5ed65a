// Writes heads: start line, fields, and the framing fields that the caller decided on.
//
// Pure functions; any thread. A name or value that would break the message (a line end in a value, a blank in
// a target) is refused with kInvalid, so that data can never add a header or a second message.
#pragma once

#include <string>

#include "base/error.h"
#include "http/framing.h"
#include "http/message.h"

namespace hancock::http {

enum class Persistence { kDefault, kClose, kKeepAlive, kUpgrade };  // kDefault: no Connection field

/// What is written beside the fields of the head. Content-Length, Transfer-Encoding and Connection that the
/// head holds are left out: these decide.
struct WriteOptions {
  Framing framing;            // kNone: no framing field
  bool write_length = false;  // kNone: "Content-Length: 0"
  Persistence persistence = Persistence::kDefault;
};

/// Append to `out`. On an error `out` is as before.
Result<void> write_request_head(const RequestHead& head, const WriteOptions& options, std::string& out);
Result<void> write_response_head(const ResponseHead& head, const WriteOptions& options, std::string& out);

/// "1a\r\n": what goes before a chunk of that many bytes; "\r\n" goes after it, "0\r\n\r\n" after the last.
void write_chunk_head(size_t size_bytes, std::string& out);

}  // namespace hancock::http
