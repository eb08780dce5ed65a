#include "etcd/etcd_watch.h"

#include "etcd/requests.h"

namespace hancock::etcd {

tl::unexpected<Error> EtcdWatch::end(ErrorCode code, std::string message) {
  if (code == ErrorCode::kUnavailable) members_.failed(member_);
  ended_ = Error{code, std::move(message), {}};
  return tl::unexpected(*ended_);
}

// One message. Time-outs may be followed by further calls, all other errors are final.
io::Async<Result<WatchAnswer>> EtcdWatch::read(TimePoint deadline) {
  if (ended_) co_return tl::unexpected(*ended_);
  while (true) {
    auto line = co_await lines_.next(deadline);
    if (!line && line.error().code == ErrorCode::kTimeout) co_return forward_error(line);
    if (!line) co_return end(ErrorCode::kUnavailable, "watch: " + line.error().message);
    if (!*line) co_return end(ErrorCode::kUnavailable, "etcd ended the watch");
    if ((*line)->empty()) continue;
    auto answer = decode_watch(**line);
    if (!answer) co_return end(answer.error().code, answer.error().message);
    co_return answer;
  }
}

io::Async<Result<void>> EtcdWatch::created(TimePoint deadline) {
  auto answer = co_await read(deadline);
  if (!answer && answer.error().code == ErrorCode::kTimeout) members_.failed(member_);
  if (!answer) co_return forward_error(answer);
  if (!answer->created || answer->canceled)
    co_return end(ErrorCode::kUnavailable, "etcd refused the watch: " + answer->cancel_reason);
  co_return Result<void>();
}

io::Async<Result<store::WatchBatch>> EtcdWatch::next(TimePoint deadline) {
  while (true) {
    auto answer = co_await read(deadline);
    if (!answer) co_return forward_error(answer);
    const int64_t oldest = answer->compact_revision.value();
    if (oldest > 0)
      co_return end(ErrorCode::kGone, fmt::format("history before revision {} is compacted", oldest));
    if (answer->canceled)
      co_return end(ErrorCode::kUnavailable, "etcd cancelled the watch: " + answer->cancel_reason);
    if (answer->watch_id == kPulseWatch) {
      if (answer->events.empty()) continue;
      co_return store::WatchBatch();
    }
    auto batch = grouper_.add(std::move(*answer));
    if (!batch) co_return end(batch.error().code, batch.error().message);
    if (*batch) co_return std::move(**batch);
  }
}

}  // namespace hancock::etcd
