// EtcdWatch: a watch as one streamed answer, a line a message. Reports a broken stream to Members, so that
// the next one is opened at another member. What comes of the pulse (EtcdOptions) is an empty batch of
// revision 0: a sign of life. Loop's thread only; Members outlives it.
#pragma once

#include <memory>
#include <optional>

#include "etcd/caller.h"
#include "etcd/revision_grouper.h"
#include "http/body.h"
#include "store/store.h"

namespace hancock::etcd {

class EtcdWatch final : public store::Watch {
 public:
  static constexpr size_t kLineBytesMax = 32
                                          << 20;  // a message is hardly larger than a transaction in base64

  EtcdWatch(Members& members, Caller::Stream stream, store::Revision from)
      : members_(members),
        member_(stream.member),
        call_(std::move(stream.call)),
        lines_(call_->body(), kLineBytesMax),
        grouper_(from) {}

  /// Waits for etcd's word that it watches.
  io::Async<Result<void>> created(TimePoint deadline);
  io::Async<Result<store::WatchBatch>> next(TimePoint deadline) override;

 private:
  io::Async<Result<WatchAnswer>> read(TimePoint deadline);
  tl::unexpected<Error> end(ErrorCode code, std::string message);

  Members& members_;
  const size_t member_;
  std::unique_ptr<http::Call> call_;
  http::LineReader lines_;
  RevisionGrouper grouper_;
  std::optional<Error> ended_;  // every later call gives it again
};

}  // namespace hancock::etcd
