#include "slardar/http/response_body.h"

#include <charconv>

#include "io/parts.h"

namespace hancock::slardar {
namespace {

constexpr std::string_view kLineEnd = "\r\n";
constexpr std::string_view kLastChunk = "0\r\n";

void add(std::span<iovec> parts, size_t& used, std::string_view bytes) {
  if (!bytes.empty()) parts[used++] = io::part_of(bytes);
}

}  // namespace

void ResponseBody::begin(const http::Framing& framing, bool takes_chunks) {
  scanner_.begin(framing);
  done_ = scanner_.done();
  until_close_ = framing.kind == http::Framing::Kind::kUntilClose;
  if (until_close_) {
    form_ = takes_chunks ? Form::kWrapped : Form::kRaw;
  } else {
    form_ =
        framing.kind == http::Framing::Kind::kChunked && !takes_chunks ? Form::kUnwrapped : Form::kVerbatim;
  }
}

bool ResponseBody::take(MessageBuffer& buffer, std::span<iovec> parts, size_t& used) {
  if (form_ == Form::kVerbatim) {
    const std::string_view input = buffer.unread();
    const BodyScanner::Step step = scanner_.scan(input);
    add(parts, used, input.substr(0, step.consumed));
    buffer.consume(step.consumed);
    done_ = step.status == BodyScanner::Status::kDone;
    return step.status != BodyScanner::Status::kBad;
  }
  if (form_ == Form::kUnwrapped) {
    while (!done_ && used + 1 < parts.size() && !buffer.unread().empty()) {
      const BodyScanner::Piece piece = scanner_.next_piece(buffer.unread());
      if (piece.status == BodyScanner::Status::kBad) return false;
      add(parts, used, piece.data);
      buffer.consume(piece.consumed);
      done_ = piece.status == BodyScanner::Status::kDone;
    }
    return true;
  }
  const std::string_view data = buffer.unread();
  if (data.empty()) return true;
  buffer.consume(data.size());
  if (form_ == Form::kWrapped) {
    char* const end = std::to_chars(chunk_head_.data(), chunk_head_.data() + 16, data.size(), 16).ptr;
    end[0] = '\r';
    end[1] = '\n';
    add(parts, used, {chunk_head_.data(), static_cast<size_t>(end + 2 - chunk_head_.data())});
    add(parts, used, data);
    add(parts, used, kLineEnd);
  } else {
    add(parts, used, data);
  }
  return true;
}

bool ResponseBody::end(std::string_view trailers, std::span<iovec> parts, size_t& used) {
  if (!until_close_) return false;
  if (form_ == Form::kWrapped) {
    add(parts, used, kLastChunk);
    add(parts, used, trailers);
    add(parts, used, kLineEnd);
  }
  done_ = true;
  return true;
}

}  // namespace hancock::slardar
