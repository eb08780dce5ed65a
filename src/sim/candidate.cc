#include "sim/candidate.h"

#include "master/core/state_keys.h"
#include "model/time.h"

namespace hancock::sim {
namespace {

constexpr Duration kBeat = 2s;
constexpr Duration kSilence = 5s;  // of the leader, before another tries
constexpr Duration kEffectLimit = 4s;
constexpr Duration kLookAtLeader = 1s;

const master::StateKeys kKeys;

}  // namespace

Candidate::Candidate(Ground& ground, StoreServer& store, Party& party, std::function<void()> took_over,
                     std::function<void()> deposed)
    : ground_(ground),
      store_(store),
      party_(party),
      took_over_(std::move(took_over)),
      deposed_(std::move(deposed)) {}

void Candidate::start() {
  reign_.reset();
  seen_ = {};
  look();
}

bool Candidate::may_act() const { return reign_ && ground_.timeline.now() - last_write_ < kEffectLimit; }

void Candidate::look() {
  store::KeyRange range{kKeys.heartbeat(), kKeys.leader() + '\0'};  // the two are neighbours
  store_.range(party_, std::move(range), [this](const Result<store::RangeResult>& seen) {
    if (seen) judge(*seen);
    if (!reign_) party_.after(kLookAtLeader, [this] { look(); });
  });
}

void Candidate::judge(const store::RangeResult& seen) {
  model::Leader leader;
  store::Revision revision;
  store::Revision newest;
  for (const store::KeyValue& item : seen.items) {
    newest = std::max(newest, item.mod_revision);
    if (item.key != kKeys.leader()) continue;
    revision = item.mod_revision;
    leader.ParseFromString(item.value);
  }
  if (newest != seen_ || seen_since_ == TimePoint()) {
    seen_ = newest;
    seen_since_ = ground_.timeline.now();
  }
  if (revision.value() == 0 || ground_.timeline.now() - seen_since_ >= kSilence) take_over(leader, revision);
}

void Candidate::take_over(const model::Leader& before, store::Revision revision) {
  model::Leader record;
  record.set_epoch(std::max<int64_t>(before.epoch(), 1));
  record.set_term(before.term() + 1);
  record.set_master(party_.name());
  const TimePoint sent = ground_.timeline.now();
  store::Transaction transaction{{store::Compare::unchanged(kKeys.leader(), revision)},
                                 {store::Operation::put(kKeys.leader(), record.SerializeAsString())}};
  seen_since_ = {};
  store_.commit(party_, std::move(transaction), [this, record, sent](const auto& done) {
    if (!done || !done->succeeded || reign_) return;
    reign_ = master::Reign{record.epoch(), record.term(), done->revision};
    note_write(sent);
    ground_.trace.say("{}: leads, term {}", party_.name(), record.term());
    took_over_();
    party_.after(kBeat, [this] { beat(); });
  });
}

void Candidate::beat() {
  if (!reign_) return;
  const TimePoint sent = ground_.timeline.now();
  store::Transaction transaction{{store::Compare::unchanged(kKeys.leader(), reign_->fence)},
                                 {store::Operation::put(kKeys.heartbeat(), party_.name())}};
  const auto beaten = [this, sent](const Result<store::TransactionResult>& done) {
    if (done && !done->succeeded) {
      ground_.trace.say("{}: is deposed", party_.name());
      reign_.reset();
      deposed_();
      return look();
    }
    if (done) note_write(sent);
    party_.after(kBeat, [this] { beat(); });
  };
  store_.commit(party_, std::move(transaction), beaten, reign_->term);
}

}  // namespace hancock::sim
