// Chunked bodies: never a crash, and the same body, end and verdict whole and byte by byte.
#include <cstdlib>
#include <string>

#include "http/chunked_decoder.h"

namespace hancock::http {
namespace {

struct Result {
  ChunkedStep::Status status = ChunkedStep::Status::kNeedMore;
  std::string body;
  size_t consumed = 0;
  size_t trailers = 0;

  friend bool operator==(const Result&, const Result&) = default;
};

Result decode(std::string_view input, size_t piece) {
  ChunkedDecoder decoder;
  Result result;
  while (result.consumed < input.size()) {
    const ChunkedStep step = decoder.next(input.substr(result.consumed, piece));
    result.consumed += step.consumed;
    result.body.append(step.data);
    result.status = step.status;
    if (step.status == ChunkedStep::Status::kBad && step.error.offset != result.consumed) std::abort();
    if (step.status == ChunkedStep::Status::kBad || step.status == ChunkedStep::Status::kDone) break;
  }
  // Data at the very end: the decoder has not said yet that it needs more.
  if (result.status == ChunkedStep::Status::kData) result.status = ChunkedStep::Status::kNeedMore;
  result.trailers = decoder.trailers().size();
  return result;
}

}  // namespace
}  // namespace hancock::http

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace hancock::http;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto whole = decode(input, input.size());
  if (!(whole == decode(input, 1)) || !(whole == decode(input, 7))) std::abort();
  return 0;
}
