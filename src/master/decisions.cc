#include "master/decisions.h"

namespace hancock::master {
namespace {

constexpr int kAttempts = 8;

}  // namespace

io::Async<Result<void>> Decisions::ready(TimePoint deadline) {
  if (!leadership_.reign()) co_return fail(ErrorCode::kUnavailable, "this Master does not lead");
  const bool reached = co_await replica_.reach(committer_.seen(), deadline);
  if (!reached) {
    co_return fail(ErrorCode::kTimeout, "etcd's watch does not show what was written");
  }
  if (!leadership_.reign()) co_return fail(ErrorCode::kUnavailable, "this Master no longer leads");
  co_return Result<void>{};
}

io::Async<Result<Decisions::Attempt>> Decisions::attempt(const Decide& decide, TimePoint deadline,
                                                         store::Revision& written) {
  if (auto ok = co_await ready(deadline); !ok) co_return forward_error(ok);
  auto changes = decide(replica_.state());
  if (!changes) co_return forward_error(changes);
  for (Change& change : *changes) {
    auto revision = co_await committer_.commit(std::move(change));
    if (!revision && revision.error().code == ErrorCode::kConflict) co_return Attempt::kAgain;
    if (!revision) co_return forward_error(revision);
    written = *revision;
  }
  co_return Attempt::kDone;
}

io::Async<Result<store::Revision>> Decisions::write(Decide decide, TimePoint deadline) {
  const Turn turn = co_await take();
  if (loop_.now() >= deadline) co_return fail(ErrorCode::kTimeout, "too many writes wait for one another");
  store::Revision written;
  for (int i = 0; i < kAttempts; ++i) {
    auto attempted = co_await attempt(decide, deadline, written);
    if (!attempted) co_return forward_error(attempted);
    if (*attempted == Attempt::kAgain) continue;
    if (auto ok = co_await ready(deadline); !ok) co_return forward_error(ok);
    co_return written.value() > 0 ? written : replica_.state().revision();
  }
  co_return fail(ErrorCode::kUnavailable, "what this depends on changed {} times meanwhile", kAttempts);
}

}  // namespace hancock::master
