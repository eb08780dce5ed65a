#include "etcd/revision_grouper.h"

#include <algorithm>
#include <iterator>

namespace hancock::etcd {

using store::WatchBatch;
using store::WatchEvent;

Result<std::optional<WatchBatch>> RevisionGrouper::add(WatchAnswer answer) {
  std::vector<WatchEvent> events = std::move(partial_);
  partial_.clear();
  const bool goes_on = !events.empty();
  for (WatchEvent& event : answer.events) {
    const store::Revision revision = event.item.mod_revision;
    if (event.item.key.empty() || revision < last_ || (revision == last_ && !goes_on && events.empty()))
      return fail(ErrorCode::kUnavailable, "etcd's watch brings revision {} after {}", revision.value(),
                  last_.value());
    last_ = revision;
    events.push_back(std::move(event));
  }
  if (answer.fragment) {
    const auto whole = std::find_if(events.begin(), events.end(), [this](const WatchEvent& each) {
      return each.item.mod_revision == last_;
    });
    partial_.assign(std::make_move_iterator(whole), std::make_move_iterator(events.end()));
    events.erase(whole, events.end());
  }
  if (!events.empty()) {
    const store::Revision revision = events.back().item.mod_revision;
    return WatchBatch{std::move(events), revision};
  }
  // A message without events says how far the watch has come; only one that is up to date gets it.
  const bool progress =
      answer.events.empty() && !answer.created && !answer.fragment && answer.revision > last_;
  if (!progress) return std::nullopt;
  last_ = answer.revision;
  return WatchBatch{{}, answer.revision};
}

}  // namespace hancock::etcd
