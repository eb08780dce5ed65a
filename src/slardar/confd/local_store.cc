#include "slardar/confd/local_store.h"

#include <algorithm>

#include "base/log.h"
#include "slardar/confd/snapshot_file.h"

namespace hancock::slardar {

using store::Operation;
using store::Transaction;
using store::TransactionResult;

/// Who changes the file, until he has; also when he is given up where he waits.
class LocalStore::Turn {
 public:
  explicit Turn(LocalStore& store) : store_(store) { store_.busy_ = true; }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  ~Turn() {
    store_.busy_ = false;
    store_.free_.set();
  }

 private:
  LocalStore& store_;
};

LocalStore::LocalStore(io::Loop& loop, registry::Keys keys, std::filesystem::path state)
    : ForwardingStore(memory_),
      loop_(loop),
      keys_(std::move(keys)),
      state_(std::move(state)),
      server_(loop),
      memory_(server_),
      lock_(state_),
      free_(loop),
      owned_(loop) {}

io::Async<Result<void>> LocalStore::load(std::vector<std::pair<std::string, std::string>> upstreams,
                                         Owner owner) {
  const std::string below = keys_.upstreams().substr(keys_.prefix().size());
  for (auto& [name, body] : upstreams) configured_[below + name] = std::move(body);
  if (state_.empty()) co_return co_await become(configured_);
  owner_ = owner;
  if (owner == Owner::kThis) {
    auto taken = lock_.try_take();
    if (!taken) co_return forward_error(taken);
    if (!*taken) co_return fail(ErrorCode::kConflict, "{}: another process has it", state_.string());
    remove_unfinished(state_);
  }
  caught_up_with_ = stamp_of(state_);
  auto saved = load_changes(state_);
  if (!saved && saved.error().code != ErrorCode::kNotFound) co_return forward_error(saved);
  if (!saved) saved = SavedChanges();
  skip_lives(saved->revision);
  auto done = co_await become(texts_with(*saved));
  if (!done) co_return done;
  if (owner == Owner::kThis) co_return co_await date_file();
  following_.spawn(follow());
  co_return done;
}

// An ETag of an earlier life means nothing in this one.
void LocalStore::skip_lives(store::Revision saved) {
  store::KeySpace space;
  space.skip_to(store::Revision(saved.value() + kLifeMax));
  server_.restore(std::move(space));
}

io::Async<Result<void>> LocalStore::date_file() {
  std::function<void(SavedChanges&)> date = [now = server_.space().revision()](SavedChanges& changes) {
    changes.revision = now;
  };
  co_return co_await edit_file(std::move(date));
}

// The disk's thread may still be at work for somebody who was given up.
io::Async<void> LocalStore::lend() {
  if (state_.empty()) co_return;
  owner_ = Owner::kAnother;
  wanted_ = false;
  while (busy_) co_await free_.wait();
  auto flushing = disk_.run(loop_, [] { return true; });
  co_await std::move(flushing);
  caught_up_with_ = stamp_of(state_);
  lock_.give_up();
  if (following_.running() == 0) following_.spawn(follow());
}

io::Async<Result<store::Revision>> LocalStore::take_over(TimePoint deadline) {
  take_back();
  while (owner_ == Owner::kAnother) {
    const bool goes_on = co_await owned_.wait(deadline);
    if (!goes_on) co_return fail(ErrorCode::kTimeout, "{}: another process has it", state_.string());
  }
  co_return caught_up_;
}

io::Async<void> LocalStore::follow() {
  while (owner_ == Owner::kAnother) {
    const auto taken = wanted_ ? lock_.try_take() : Result<bool>(false);
    if (!taken) log::error("registry", "--state: {}", taken.error().message);
    const bool is_ours = taken && *taken;
    if (is_ours || stamp_of(state_) != caught_up_with_) co_await catch_up();
    if (is_ours) co_await own();
    if (!is_ours) co_await loop_.sleep_for(kFollowEvery);
  }
}

io::Async<void> LocalStore::own() {
  auto dated = co_await date_file();
  if (!dated) log::error("registry", "--state: {}", dated.error().message);
  owner_ = Owner::kThis;
  owned_.set();
}

io::Async<void> LocalStore::catch_up() {
  caught_up_with_ = stamp_of(state_);
  auto saved = load_changes(state_);
  if (!saved && saved.error().code == ErrorCode::kNotFound) co_return;  // nothing was ever written
  auto done = saved ? Result<void>() : Result<void>(forward_error(saved));
  if (done) done = co_await become(texts_with(*saved));
  if (!done) log::error("registry", "--state: {}", done.error().message);
}

LocalStore::Texts LocalStore::texts_with(const SavedChanges& saved) const {
  Texts texts = configured_;
  for (const auto& [key, value] : saved.values) {
    if (value) {
      texts[key] = *value;
    } else {
      texts.erase(key);
    }
  }
  return texts;
}

/// Makes operators' records these, without a word to the disk.
io::Async<Result<void>> LocalStore::become(Texts texts) {
  std::vector<Operation> operations;
  for (const std::string& range : {keys_.upstreams(), keys_.prefix() + "lua/"}) {
    for (const store::KeyValue& item : server_.space().range(store::KeyRange::prefix(range)).items) {
      const auto wanted = texts.find(item.key.substr(keys_.prefix().size()));
      if (wanted == texts.end()) {
        operations.push_back(Operation::remove(item.key));
      } else if (wanted->second == item.value) {
        texts.erase(wanted);
      }
    }
  }
  for (auto& [key, text] : texts) operations.push_back(Operation::put(keys_.prefix() + key, std::move(text)));
  for (Operation& each : operations) {
    Transaction change;
    change.operations.push_back(std::move(each));
    auto done = co_await memory_.commit(std::move(change), kForever);
    if (!done) co_return forward_error(done);
    caught_up_ = done->revision;
  }
  co_return Result<void>();
}

io::Async<Result<TransactionResult>> LocalStore::commit(Transaction wanted, TimePoint deadline) {
  forget_history();
  if (state_.empty() || !keeps(wanted)) co_return co_await memory_.commit(std::move(wanted), deadline);
  while (busy_) {
    const bool free = co_await free_.wait(deadline);
    if (!free) co_return fail(ErrorCode::kCancelled, "{}: other changes are still written", state_.string());
  }
  if (owner_ == Owner::kAnother)
    co_return fail(ErrorCode::kCancelled,
                   "another process of this gateway takes over, or takes changes already");
  const Turn turn(*this);
  if (would_happen(wanted)) {
    const auto now = store::Revision(server_.space().revision().value() + 1);
    std::function<void(SavedChanges&)> edit = [now, changes = changes_of(wanted)](SavedChanges& saved) {
      saved.revision = std::max(saved.revision, now);
      for (const auto& [key, change] : changes) {
        saved.values.erase(key);
        if (change) saved.values.emplace(key, *change);
      }
    };
    auto written = co_await edit_file(std::move(edit));
    if (!written) co_return forward_error(written);
  }
  // Whether the deadline has passed or not: it is on disk.
  co_return co_await memory_.commit(std::move(wanted), kForever);
}

bool LocalStore::keeps(const Transaction& wanted) const {
  return std::any_of(wanted.operations.begin(), wanted.operations.end(), [this](const Operation& each) {
    const std::string_view key = each.key;
    return key.starts_with(keys_.upstreams()) || key.starts_with(keys_.prefix() + "lua/");
  });
}

/// What is to stand in the file of each key; nullopt: nothing, since it is as configured.
LocalStore::Changes LocalStore::changes_of(const Transaction& wanted) const {
  Changes changes;
  for (const Operation& each : wanted.operations) {
    const std::string key = each.key.substr(keys_.prefix().size());
    const auto configured = configured_.find(key);
    std::optional<std::string> value;
    if (each.kind == Operation::Kind::kPut) value = each.value;
    const bool as_configured = configured == configured_.end() ? !value : value == configured->second;
    auto& change = changes[key];
    if (!as_configured) change.emplace(std::move(value));
  }
  return changes;
}

bool LocalStore::would_happen(const Transaction& wanted) const {
  return std::all_of(wanted.compares.begin(), wanted.compares.end(),
                     [this](const store::Compare& each) { return server_.space().holds(each); });
}

io::Async<Result<void>> LocalStore::edit_file(std::function<void(SavedChanges&)> edit) {
  auto work = [path = state_, change = std::move(edit)] { return edit_changes(path, change); };
  auto working = disk_.run(loop_, std::move(work));
  auto done = co_await std::move(working);
  const bool is_disk =
      !done && done.error().code != ErrorCode::kInvalid && done.error().code != ErrorCode::kTooLarge;
  if (is_disk && done.error().code != ErrorCode::kUnavailable) done.error().code = ErrorCode::kCancelled;
  co_return done;
}

void LocalStore::forget_history() {
  const int64_t now = server_.space().revision().value();
  if (now - server_.space().compacted().value() > 2 * kHistoryMin)
    server_.compact(store::Revision(now - kHistoryMin));
}

}  // namespace hancock::slardar
