// FramedBody: reads one message's body off a connection, by its framing.
//
// Borrows the connection's buffer and leaves in it what follows the message. Loop's thread only.
#pragma once

#include "http/body.h"
#include "http/chunked_decoder.h"
#include "http/framing.h"
#include "http/read_buffer.h"

namespace hancock::http {

class FramedBody final : public BodyReader {
 public:
  FramedBody(ReadBuffer& buffer, Framing framing);

  io::Async<Result<std::string_view>> read(TimePoint deadline) override;

  /// The whole message has been read.
  bool ended() const { return ended_; }
  /// kLength: bytes still to come.
  uint64_t left() const { return left_; }
  Framing::Kind kind() const { return kind_; }

 private:
  Result<std::string_view> take(std::string_view input);
  Result<std::string_view> take_chunked(std::string_view input);

  ReadBuffer& buffer_;
  Framing::Kind kind_;
  uint64_t left_;
  ChunkedDecoder decoder_;
  bool ended_;
};

}  // namespace hancock::http
