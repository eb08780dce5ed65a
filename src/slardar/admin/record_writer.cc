#include "slardar/admin/record_writer.h"

#include <algorithm>

namespace hancock::slardar {
namespace {

using store::Revision;

/// A record as it stands in the store; revision 0: it is not there.
struct Present {
  std::optional<std::string> text;
  Revision revision;
  Revision read_at;
};

Present present_of(store::RangeResult found) {
  Present present;
  present.read_at = found.revision;
  if (found.items.empty()) return present;
  present.text = std::move(found.items.front().value);
  present.revision = found.items.front().mod_revision;
  return present;
}

/// It waits for an answer of a name server.
bool is_incomplete(const UpstreamPtr& upstream) {
  return std::any_of(upstream->unresolved.begin(), upstream->unresolved.end(),
                     [](const Unresolved& each) { return each.is_pending; });
}

bool is_complete(const Snapshot& snapshot, const std::string& key) {
  return std::none_of(snapshot.upstreams.begin(), snapshot.upstreams.end(), [&](const UpstreamPtr& each) {
    return each && each->key == key && is_incomplete(each);
  });
}

}  // namespace

/// What is to stand under `key`, where what `based_on` brought stands now.
struct RecordWriter::Change {
  Change(std::string record, Revision present, std::optional<std::string> next)
      : key(std::move(record)), based_on(present), text(std::move(next)) {}
  std::string key;
  Revision based_on;
  std::optional<std::string> text;
};

RecordWriter::RecordWriter(io::Loop& loop, store::Store& store, const Session& session,
                           const Publisher& publisher, const WorkerGroup& workers, io::Signal& progress)
    : loop_(loop),
      store_(store),
      session_(session),
      publisher_(publisher),
      workers_(workers),
      progress_(progress) {}

io::Async<Result<Written>> RecordWriter::write(std::string key, RecordEdit edit, IfMatch condition) {
  auto revision = co_await change(key, std::move(edit), std::move(condition));
  if (!revision) co_return forward_error(revision);
  Written written;
  written.revision = *revision;
  written.live = co_await live(key, *revision);
  const auto& refused = publisher_.snapshot()->refused;
  if (const auto found = refused.find(key); found != refused.end()) written.refused = found->second;
  co_return written;
}

io::Async<Result<Revision>> RecordWriter::change(std::string key, RecordEdit edit, IfMatch condition) {
  const TimePoint deadline = loop_.now() + kCommitWithin;
  while (true) {
    auto found = co_await store_.range(store::KeyRange::key(key), deadline);
    if (!found) co_return forward_error(found, "nothing was written");
    const Present present = present_of(std::move(*found));
    const bool exists = present.text.has_value();
    if (!condition.holds(exists ? std::optional(present.revision) : std::nullopt))
      co_return fail(ErrorCode::kConflict, "it is at revision {}", present.revision.value());
    auto next = edit(present.text);
    if (!next) co_return forward_error(next);
    if (*next == present.text) co_return exists ? present.revision : absent_since(key, present.read_at);
    Change wanted(key, present.revision, std::move(*next));
    auto done = co_await commit(wanted, deadline);
    if (!done) co_return co_await look_again(std::move(wanted), std::move(done.error()));
    if (*done) co_return **done;
  }
}

/// Nobody tells of what is not there: when it is known not to be, all there is to wait for was read.
Revision RecordWriter::absent_since(const std::string& key, Revision read_at) const {
  const Confd& confd = session_.confd();
  return confd.revision_of(key) ? read_at : std::min(read_at, confd.read(key));
}

/// nullopt: somebody else was quicker.
io::Async<Result<std::optional<Revision>>> RecordWriter::commit(Change change, TimePoint deadline) {
  store::Transaction transaction;
  transaction.compares.push_back(store::Compare::unchanged(change.key, change.based_on));
  transaction.operations.push_back(change.text ? store::Operation::put(change.key, std::move(*change.text))
                                               : store::Operation::remove(change.key));
  auto done = co_await store_.commit(std::move(transaction), deadline);
  if (!done) co_return forward_error(done);
  co_return done->succeeded ? std::optional(done->revision) : std::nullopt;
}

// A commit without an answer may have happened, or still happen.
io::Async<Result<Revision>> RecordWriter::look_again(Change change, Error error) {
  if (error.code == ErrorCode::kCancelled) error.message = "nothing was written: " + error.message;
  const bool open = error.code == ErrorCode::kUnavailable || error.code == ErrorCode::kTimeout;
  if (!open) co_return tl::unexpected(std::move(error));
  auto found = co_await store_.range(store::KeyRange::key(change.key), loop_.now() + kLookAgainWithin);
  if (found) {
    const Present present = present_of(std::move(*found));
    const bool done = present.text == change.text && present.revision != change.based_on;
    if (done) co_return present.text ? present.revision : present.read_at;
  }
  error.message = "whether it was written is not known: " + error.message;
  co_return tl::unexpected(std::move(error));
}

// The snapshot that is the present one when the revision was built is waited for, and no later one: changes
// that follow each other keep nobody waiting.
io::Async<bool> RecordWriter::live(std::string key, Revision revision) {
  const TimePoint deadline = loop_.now() + kLiveWithin;
  while (session_.confd().built(key) < revision) {
    const bool goes_on = co_await progress_.wait(deadline);
    if (!goes_on) co_return false;
  }
  while (!is_complete(*publisher_.snapshot(), key)) {
    const bool goes_on = co_await progress_.wait(deadline);
    if (!goes_on) co_return false;
  }
  const uint64_t number = publisher_.snapshot()->number;
  while (workers_.acknowledgement().number() < number) {
    const bool goes_on = co_await progress_.wait(deadline);
    if (!goes_on) co_return false;
  }
  co_return true;
}

}  // namespace hancock::slardar
