// The gateway's word in the Registry: its lease, its record, what it has applied.
#include "sim/gateway.h"
#include "sim/gateway_life.h"

namespace hancock::sim {
namespace {

constexpr Duration kTtl = 15s;
constexpr Duration kPutEvery = 20ms;
constexpr Duration kPutPresenceAgain = 500ms;

}  // namespace

void Gateway::announce() {
  life_->is_announced = false;
  life_->has_loaded = false;
  life_->current_from = UINT64_MAX;
  store_.grant_lease(party_, kTtl, [this](const Result<store::LeaseId>& lease) {
    if (!lease) return party_.after(kPutPresenceAgain, [this] { announce(); });
    put_presence(*lease);
  });
}

void Gateway::put_presence(store::LeaseId lease) {
  registry::GatewayRecord blank;
  blank.id = id_;
  blank.address = "10.1.0.1";
  blank.site = "site-1";
  blank.version = "1";
  store::Transaction transaction{{},
                                 {store::Operation::put(keys_.gateway(id_), registry::encode(blank), lease)}};
  store_.commit(party_, std::move(transaction), [this, lease, blank](const auto& done) {
    if (!done) return party_.after(kPutPresenceAgain, [this] { announce(); });
    ground_.trace.say("{}: announced", id_);
    life_->lease = lease;
    life_->last = blank;
    life_->last_revision = done->revision;
    life_->is_announced = true;
    load();
    party_.after(kTtl / 3, [this] { keep_alive(); });
  });
}

void Gateway::keep_alive() {
  store_.keep_alive(party_, life_->lease, [this](const Result<bool>& kept) {
    if (!kept) return party_.after(1s, [this] { keep_alive(); });
    if (*kept) return party_.after(kTtl / 3, [this] { keep_alive(); });
    ground_.trace.say("{}: its lease is lost", id_);
    announce();
  });
}

registry::GatewayRecord Gateway::record() const {
  registry::GatewayRecord record = life_->last;
  const bool is_current = life_->is_announced && life_->acknowledgement.number() >= life_->current_from;
  record.applied = is_current ? life_->acknowledgement.position() : registry::Position();
  if (ground_.bug == Bug::kAcknowledgesEarly) record.applied = life_->snapshot->position;
  const slardar::Refusals& refused = life_->snapshot->refused;
  record.refused = slardar::listed(refused, keys_);
  record.refused_more = refused.size() - record.refused.size();
  record.in_flight = life_->acknowledgement.in_flight();
  return record;
}

bool Gateway::is_worth_putting(const registry::GatewayRecord& record) const {
  const registry::GatewayRecord& last = life_->last;
  if (record == last) return false;
  const bool is_first = last.applied == registry::Position() && record.applied != registry::Position();
  const bool has_barrier = life_->snapshot->barrier_open || !last.in_flight.empty();
  return is_first || has_barrier || record.refused != last.refused;
}

void Gateway::acknowledge() {
  if (!life_->is_announced || std::exchange(life_->is_put_due, true)) return;
  if (!life_->is_putting) party_.after(Duration(0), [this] { put_record(); });
}

void Gateway::put_record() {
  life_->is_put_due = false;
  registry::GatewayRecord next = record();
  if (!life_->is_announced || !is_worth_putting(next)) return;
  life_->is_putting = true;
  store::Transaction transaction{
      {store::Compare::unchanged(keys_.gateway(id_), life_->last_revision)},
      {store::Operation::put(keys_.gateway(id_), registry::encode(next), life_->lease)}};
  store_.commit(party_, std::move(transaction), [this, next](const auto& done) {
    life_->is_putting = false;
    if (done && done->succeeded) {
      life_->last = next;
      life_->last_revision = done->revision;
      if (life_->is_put_due) party_.after(kPutEvery, [this] { put_record(); });
      return;
    }
    look_at_record();
  });
}

/// A late put of ours came between, or the lease has gone.
void Gateway::look_at_record() {
  life_->is_putting = true;
  store_.range(party_, store::KeyRange::key(keys_.gateway(id_)), [this](const auto& found) {
    life_->is_putting = false;
    if (found && !found->items.empty()) life_->last_revision = found->items.front().mod_revision;
    party_.after(kPutPresenceAgain, [this] { put_record(); });
  });
}

}  // namespace hancock::sim
