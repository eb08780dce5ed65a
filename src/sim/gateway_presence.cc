// The gateway's word in the Registry: its lease, its record, what it has applied.
#include "sim/gateway.h"
#include "sim/gateway_life.h"

namespace hancock::sim {
namespace {

constexpr Duration kTtl = 15s;
constexpr Duration kPutEvery = 20ms;
constexpr Duration kPutPresenceAgain = 500ms;
constexpr Duration kKeepAliveAgain = 1s;

}  // namespace

/// A new lease, and the record under it: as slardar/presence.h, `announcement` tells its calls from earlier
/// ones'.
void Gateway::announce() {
  const uint64_t announcement = ++life_->announcement;
  life_->is_announced = false;
  life_->has_loaded = false;
  life_->is_putting = life_->is_put_due = false;
  life_->current_from = UINT64_MAX;
  life_->watch.reset();
  store_.range(party_, store::KeyRange::key(keys_.gateway(id_)), [this, announcement](const auto& stands) {
    if (announcement != life_->announcement) return;
    if (!stands) return announce_again(announcement);
    life_->last_revision = stands->items.empty() ? store::Revision() : stands->items.front().mod_revision;
    store_.grant_lease(party_, kTtl, [this, announcement](const Result<store::LeaseId>& lease) {
      if (announcement != life_->announcement) return;
      if (!lease) return announce_again(announcement);
      life_->lease = *lease;
      put_presence(announcement);
    });
  });
}

void Gateway::announce_again(uint64_t announcement) {
  party_.after(kPutPresenceAgain, [this, announcement] { lose(announcement); });
}

/// Its lease or its record has gone.
void Gateway::lose(uint64_t announcement) {
  if (announcement != life_->announcement) return;
  ground_.trace.say("{}: is announced anew", id_);
  announce();
}

void Gateway::put_presence(uint64_t announcement) {
  registry::GatewayRecord first;
  first.id = id_;
  first.address = "10.1.0.1";
  first.site = "site-1";
  first.version = "1";
  // Nothing is applied under this lease yet; but what is in flight on Tasks that leave still is.
  first.in_flight = life_->acknowledgement.in_flight();
  const auto announced = [this, announcement, first](const Result<store::TransactionResult>& done) {
    if (announcement != life_->announcement) return;
    if (!done || !done->succeeded) return announce_again(announcement);
    ground_.trace.say("{}: announced", id_);
    life_->last = first;
    life_->last_revision = done->revision;
    life_->is_announced = true;
    load();
    party_.after(kTtl / 3, [this, announcement] { keep_alive(announcement); });
  };
  store_.commit(party_, transaction_of(first), announced);
}

store::Transaction Gateway::transaction_of(const registry::GatewayRecord& record) const {
  const std::string key = keys_.gateway(id_);
  return {{store::Compare::unchanged(key, life_->last_revision)},
          {store::Operation::put(key, registry::encode(record), life_->lease)}};
}

void Gateway::keep_alive(uint64_t announcement) {
  if (announcement != life_->announcement) return;
  store_.keep_alive(party_, life_->lease, [this, announcement](const Result<bool>& kept) {
    if (announcement != life_->announcement) return;
    if (kept && !*kept) return lose(announcement);
    party_.after(kept ? kTtl / 3 : kKeepAliveAgain, [this, announcement] { keep_alive(announcement); });
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
  const auto put = [this, next,
                    announcement = life_->announcement](const Result<store::TransactionResult>& done) {
    if (announcement != life_->announcement) return;
    life_->is_putting = false;
    if (!done && done.error().code == ErrorCode::kNotFound) return lose(announcement);
    if (!done || !done->succeeded) return look_at_record(announcement);
    life_->last = next;
    life_->last_revision = done->revision;
    if (life_->is_put_due) party_.after(kPutEvery, [this] { put_record(); });
  };
  store_.commit(party_, transaction_of(next), put);
}

/// A late put of ours came between, or the lease has gone.
void Gateway::look_at_record(uint64_t announcement) {
  life_->is_putting = true;
  store_.range(party_, store::KeyRange::key(keys_.gateway(id_)), [this, announcement](const auto& found) {
    if (announcement != life_->announcement) return;
    life_->is_putting = false;
    if (found && found->items.empty()) return lose(announcement);
    if (found) life_->last_revision = found->items.front().mod_revision;
    party_.after(kPutPresenceAgain, [this] { put_record(); });
  });
}

/// The watch says that its record has gone.
void Gateway::gone_at(store::Revision revision) {
  if (life_->is_announced && revision > life_->last_revision) lose(life_->announcement);
}

}  // namespace hancock::sim
