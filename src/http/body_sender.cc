#include "http/body_sender.h"

#include <algorithm>

#include "http/head_writer.h"
#include "io/parts.h"

namespace hancock::http {
namespace {

constexpr size_t kPieceBytesMax = 256 << 10;

}  // namespace

TimePoint idle_deadline(io::Loop& loop, Duration idle, TimePoint deadline) {
  if (idle == Duration::max()) return deadline;
  return std::min(deadline, loop.now() + idle);
}

io::Async<Result<void>> BodySender::write(std::string_view lead, std::string_view bytes, TimePoint deadline) {
  if (framing_.kind == Framing::Kind::kLength || framing_.kind == Framing::Kind::kNone) {
    if (bytes.size() > left_) co_return fail(ErrorCode::kInvalid, "more body than Content-Length allows");
    left_ -= bytes.size();
  }
  if (muted_) bytes = {};
  while (!lead.empty() || !bytes.empty()) {
    const std::string_view piece = bytes.substr(0, kPieceBytesMax);
    auto sent = co_await send_piece(lead, piece, deadline);
    if (!sent) co_return sent;
    lead = {};
    bytes.remove_prefix(piece.size());
  }
  co_return Result<void>();
}

io::Async<Result<void>> BodySender::send_piece(std::string_view lead, std::string_view piece,
                                               TimePoint deadline) {
  const bool chunked = framing_.kind == Framing::Kind::kChunked && !piece.empty();
  chunk_head_.clear();
  if (chunked) write_chunk_head(piece.size(), chunk_head_);
  iovec parts[] = {io::part_of(lead), io::part_of(chunk_head_), io::part_of(piece),
                   io::part_of(chunked ? "\r\n" : "")};
  auto sent = co_await stream_.send(std::span(parts), idle_deadline(stream_.loop(), idle_, deadline));
  co_return sent;
}

io::Async<Result<void>> BodySender::finish(TimePoint deadline) {
  if (muted_) co_return Result<void>();
  if (left_ > 0) co_return fail(ErrorCode::kInvalid, "{} bytes less body than Content-Length says", left_);
  if (framing_.kind != Framing::Kind::kChunked) co_return Result<void>();
  auto sent = co_await stream_.send("0\r\n\r\n", idle_deadline(stream_.loop(), idle_, deadline));
  co_return sent;
}

}  // namespace hancock::http
