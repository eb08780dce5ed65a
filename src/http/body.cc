#include "http/body.h"

namespace hancock::http {

io::Async<Result<std::string>> read_all(BodyReader& body, size_t limit_bytes, TimePoint deadline) {
  std::string all;
  while (true) {
    auto piece = co_await body.read(deadline);
    if (!piece) co_return forward_error(piece);
    if (piece->empty()) co_return all;
    if (piece->size() > limit_bytes - all.size()) {
      co_return fail(ErrorCode::kTooLarge, "the body is larger than {} bytes", limit_bytes);
    }
    all.append(*piece);
  }
}

io::Async<Result<std::optional<std::string>>> LineReader::next(TimePoint deadline) {
  while (true) {
    const size_t end = pending_.find('\n', searched_);
    const bool last = end == std::string::npos && ended_ && begin_ < pending_.size();
    if (end != std::string::npos || last) {
      const size_t stop = last ? pending_.size() : end;
      if (stop - begin_ > limit_bytes_) break;
      std::string line = pending_.substr(begin_, stop - begin_);
      begin_ = searched_ = last ? stop : stop + 1;
      if (line.ends_with('\r')) line.pop_back();
      co_return line;
    }
    if (ended_) co_return std::nullopt;
    if (pending_.size() - begin_ > limit_bytes_) break;
    pending_.erase(0, begin_);
    begin_ = 0;
    searched_ = pending_.size();
    auto piece = co_await body_.read(deadline);
    if (!piece) co_return forward_error(piece);
    ended_ = piece->empty();
    pending_.append(*piece);
  }
  co_return fail(ErrorCode::kTooLarge, "a line is longer than {} bytes", limit_bytes_);
}

}  // namespace hancock::http
