// ChunkedDecoder: takes the chunked coding off a body (RFC 9112 section 7.1), strictly, piece by piece.
//
//   ChunkedDecoder decoder;
//   ChunkedStep step = decoder.next(input);     // input: what has come and was not consumed yet
//   input.remove_prefix(step.consumed);         // in every case
//   kData:     step.data is the next piece of the body, a view into input
//   kNeedMore: all of input is consumed; receive more
//   kDone:     the body and its trailers are over; the next message begins after `consumed`
//   kBad:      step.error says why; its offset counts from the body's begin
//
// Holds no body bytes; trailers are collected in a buffer of its own. One message; reset() before the next.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "http/message_view.h"
#include "http/parse_error.h"

namespace hancock::http {

struct ChunkedLimits {
  size_t extension_bytes = 16 << 10;  // of all chunks together
  size_t trailer_bytes = 8 << 10;
  size_t trailers = 32;
};

struct ChunkedStep {
  enum class Status { kNeedMore, kData, kDone, kBad };
  Status status = Status::kNeedMore;
  size_t consumed = 0;
  std::string_view data;  // kData: not empty
  ParseError error;       // kBad
};

class ChunkedDecoder {
 public:
  ChunkedDecoder() = default;
  explicit ChunkedDecoder(ChunkedLimits limits) : limits_(limits) {}

  ChunkedStep next(std::string_view input);
  /// After kDone; valid until reset().
  const std::vector<FieldView>& trailers() const { return trailers_; }
  /// The data is over and the trailers are not.
  bool in_trailers() const { return state_ >= State::kTrailer && state_ < State::kDone; }
  void reset();

 private:
  enum class State {
    kSizeFirst,  // the first digit of a size
    kSize,       // more digits, then ';' or CR
    kExtName,    // a token after ';'
    kExtNameMore,
    kExtValue,  // after '=': a token or a quoted string
    kExtValueMore,
    kExtQuoted,
    kExtEscape,  // after '\' in a quoted string
    kExtEnd,     // after a quoted string
    kSizeLf,
    kData,
    kDataCr,
    kDataLf,
    kTrailer,  // at the begin of a trailer line
    kTrailerLine,
    kTrailerLf,
    kEndLf,
    kDone,
    kBad,
  };

  const char* take(char c);
  const char* take_size(char c);
  const char* take_extension(char c);
  const char* take_trailer(char c);
  const char* after_size();
  const char* end_of_trailer();
  const char* parse_trailers();
  ChunkedStep take_data(std::string_view input, size_t consumed);

  ChunkedLimits limits_;
  State state_ = State::kSizeFirst;
  uint64_t size_ = 0;      // of the chunk; bytes still to come in kData
  size_t digits_ = 0;      // of the size
  size_t extensions_ = 0;  // bytes so far
  uint64_t offset_ = 0;    // bytes consumed by earlier calls
  std::string trailer_;    // lines with their CRLF
  size_t trailer_lines_ = 0;
  std::vector<FieldView> trailers_;
  const char* reason_ = "";
};

}  // namespace hancock::http
