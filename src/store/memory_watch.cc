#include "store/memory_watch.h"

namespace hancock::store {

MemoryWatch::MemoryWatch(MemoryStore& store, KeyRange range, Revision from)
    : store_(store), range_(std::move(range)), from_(from), changed_(store.server_.loop_) {
  store_.watches_.insert(this);
}

MemoryWatch::~MemoryWatch() { store_.watches_.erase(this); }

void MemoryWatch::drop() {
  dropped_ = true;
  changed_.set();
}

void MemoryWatch::skip() { from_ = Revision(store_.server_.current().revision().value() + 1); }

// An empty batch: nothing yet.
Result<WatchBatch> MemoryWatch::take() {
  const KeySpace& space = store_.server_.current();
  auto events = space.events(range_, from_);
  if (!events) return forward_error(events);
  if (events->empty()) return WatchBatch{};
  const Revision last = events->back().item.mod_revision;
  from_ = Revision(last.value() + 1);
  return WatchBatch{std::move(*events), last};
}

io::Async<Result<WatchBatch>> MemoryWatch::next(TimePoint deadline) {
  while (true) {
    if (dropped_) co_return fail(ErrorCode::kUnavailable, "the watch's connection broke");
    if (store_.watches_flow()) {
      auto batch = take();
      if (!batch || !batch->events.empty()) co_return batch;
    }
    const bool woken = co_await changed_.wait(deadline);
    if (!woken) co_return fail(ErrorCode::kTimeout, "nothing came");
  }
}

}  // namespace hancock::store
