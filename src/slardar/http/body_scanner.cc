#include "slardar/http/body_scanner.h"

#include <algorithm>

namespace hancock::slardar {

using Framed = http::Framing::Kind;

void BodyScanner::begin(const http::Framing& framing) {
  framing_ = framing;
  left_ = framing.length;
  data_bytes_ = 0;
  status_ = framing.kind == Framed::kNone ? Status::kDone : Status::kMore;
  if (framing.kind == Framed::kChunked) decoder_.reset();
}

BodyScanner::Piece BodyScanner::next_piece(std::string_view input) {
  if (status_ != Status::kMore) return {0, {}, status_};
  if (framing_.kind != Framed::kChunked) {
    const size_t size =
        framing_.kind == Framed::kLength ? std::min<uint64_t>(left_, input.size()) : input.size();
    left_ -= framing_.kind == Framed::kLength ? size : 0;
    data_bytes_ += size;
    if (framing_.kind == Framed::kLength && left_ == 0) status_ = Status::kDone;
    return {size, input.substr(0, size), status_};
  }
  const http::ChunkedStep step = decoder_.next(input);
  data_bytes_ += step.data.size();
  if (step.status == http::ChunkedStep::Status::kDone) status_ = Status::kDone;
  if (step.status == http::ChunkedStep::Status::kBad) status_ = Status::kBad;
  return {step.consumed, step.data, status_};
}

BodyScanner::Step BodyScanner::scan(std::string_view input) {
  Step total{0, status_};
  while (total.status == Status::kMore && total.consumed < input.size()) {
    const Piece piece = next_piece(input.substr(total.consumed));
    total.consumed += piece.consumed;
    total.status = piece.status;
  }
  return total;
}

}  // namespace hancock::slardar
