#include "master/committer.h"

#include <algorithm>

#include "base/log.h"
#include "master/core/fenced.h"

namespace hancock::master {
namespace {

constexpr Duration kCommitDeadline = 5s;

}  // namespace

Committer::Committer(io::Loop& loop, const Clock& clock, store::Store& store, const State& state,
                     Leadership& leadership, Metrics& metrics)
    : loop_(loop), clock_(clock), store_(store), state_(state), leadership_(leadership), metrics_(metrics) {}

int64_t Committer::next_event() const { return std::max(numbered_, state_.last_event()) + 1; }

store::Revision Committer::seen() const {
  const auto& reign = leadership_.reign();
  return reign && reign->fence != numbered_by_ ? reign->fence : seen_;
}

io::Async<Result<store::Revision>> Committer::commit(Change change) {
  if (!leadership_.reign()) co_return fail(ErrorCode::kConflict, "this Master does not lead");
  const Reign reign = *leadership_.reign();
  if (numbered_by_ != reign.fence) {
    numbered_ = 0;  // another may have numbered since: State says
    seen_ = reign.fence;
    numbered_by_ = reign.fence;
  }
  const int64_t first_event = next_event();
  const auto events = static_cast<int64_t>(change.events.size());
  const std::string why = change.why;
  store::Transaction transaction = fenced(std::move(change), state_.state_keys(), leadership_.fence(reign),
                                          {reign.epoch, first_event, clock_.wall()});

  // One that only deletes what is gone already comes to no revision of its own.
  const bool writes = std::ranges::any_of(transaction.operations, [](const store::Operation& operation) {
    return operation.kind == store::Operation::Kind::kPut;
  });
  const Leadership::Sending sending = leadership_.sending();
  auto result = co_await store_.commit(std::move(transaction), loop_.now() + kCommitDeadline);
  metrics_.observe_transaction(clock_.now() - sending.at);
  if (!result) {
    log::warn("committer", "{}: {}", why, result.error().message);
    co_return forward_error(result);
  }
  seen_ = std::max(seen_, result->revision);
  if (!result->succeeded) {
    log::debug("committer", "{}: a guard did not hold", why);
    co_return fail(ErrorCode::kConflict, "{}: what it was decided from has changed", why);
  }
  if (writes && leadership_.reign() == reign) leadership_.note_write(sending, result->revision);
  if (events > 0 && numbered_by_ == reign.fence) numbered_ = first_event + events - 1;
  log::debug("committer", "{}: revision {}", why, result->revision.value());
  co_return result->revision;
}

}  // namespace hancock::master
