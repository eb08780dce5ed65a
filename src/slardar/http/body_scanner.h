// BodyScanner: finds where a message's body ends in the bytes as they come, and checks chunked framing, so
// that they can be passed on as they are. Holds no bytes. Pure; one message.
#pragma once

#include <string_view>

#include "http/chunked_decoder.h"
#include "http/framing.h"

namespace hancock::slardar {

class BodyScanner {
 public:
  enum class Status { kMore, kDone, kBad };

  void begin(const http::Framing& framing);
  bool done() const { return status_ == Status::kDone; }
  /// Of its data, so far.
  uint64_t data_bytes() const { return data_bytes_; }
  /// Of a chunked body, once it is done.
  const std::vector<http::FieldView>& trailers() const { return decoder_.trailers(); }

  struct Step {
    size_t consumed = 0;  // bytes that belong to the body, all of them valid
    Status status = Status::kMore;
  };
  /// kMore: all of `input` was consumed.
  Step scan(std::string_view input);

  /// The same for one piece without its chunk framing, which may be empty.
  struct Piece {
    size_t consumed = 0;
    std::string_view data;
    Status status = Status::kMore;
  };
  Piece next_piece(std::string_view input);

 private:
  Status status_ = Status::kDone;
  http::Framing framing_;
  uint64_t left_ = 0;
  uint64_t data_bytes_ = 0;
  http::ChunkedDecoder decoder_;
};

}  // namespace hancock::slardar
