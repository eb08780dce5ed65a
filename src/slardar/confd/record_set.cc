#include "slardar/confd/record_set.h"

#include "slardar/balance/balancers.h"

namespace hancock::slardar {
namespace {

std::string reason_of(const Error& error) {
  return error.field.empty() ? error.message : error.field + ": " + error.message;
}

Result<void> wrong_key(std::string_view key) {
  return fail(ErrorCode::kInvalid, "the record's names do not belong to its key {}", key);
}

Result<registry::Route> decode_route(const registry::Keys& keys, const std::string& key,
                                     std::string_view text) {
  auto route = registry::decode<registry::Route>(text);
  if (!route) return route;
  if (keys.route(route->tenant, route->app, route->service) != key) {
    auto error = wrong_key(key);
    return forward_error(error);
  }
  for (size_t i = 0; i < route->entrances.size(); ++i) {
    auto balancer = find_balancer(route->entrances[i].balance);
    if (!balancer) {
      balancer.error().field = fmt::format("routes[{}].balance", i);
      return forward_error(balancer);
    }
  }
  return route;
}

Result<registry::Endpoint> decode_endpoint(const registry::Keys& keys, const std::string& key,
                                           std::string_view text) {
  auto endpoint = registry::decode<registry::Endpoint>(text);
  if (!endpoint) return endpoint;
  if (keys.endpoint(endpoint->node, endpoint->task) != key) {
    auto error = wrong_key(key);
    return forward_error(error);
  }
  auto address = io::Address::of(endpoint->address, 1);
  if (!address) {
    return tl::unexpected(
        Error{ErrorCode::kInvalid, endpoint->address + ": an IP address is needed", "address"});
  }
  return endpoint;
}

Result<registry::NodeRecord> decode_node(const registry::Keys& keys, const std::string& key,
                                         std::string_view text) {
  auto node = registry::decode<registry::NodeRecord>(text);
  if (!node || keys.node(node->node) == key) return node;
  auto error = wrong_key(key);
  return forward_error(error);
}

}  // namespace

bool RecordSet::put(const std::string& key, std::string_view value) {
  const std::string_view view = key;
  if (view.starts_with(keys_.routes()))
    return store(routes_, key, value, [&] { return decode_route(keys_, key, value); });
  if (view.starts_with(keys_.endpoints()))
    return store(endpoints_, key, value, [&] { return decode_endpoint(keys_, key, value); });
  if (view.starts_with(keys_.nodes()))
    return store(nodes_, key, value, [&] { return decode_node(keys_, key, value); });
  if (view.starts_with(keys_.barriers())) {
    // Also one that says the same again: it waits for its own, new revision.
    store(barriers_, key, value, [&] { return registry::decode<registry::Barrier>(value); });
    return true;
  }
  if (view.starts_with(keys_.upstreams())) {
    if (!is_upstream_name(upstream_name(key)))
      return refuse(key, "name: 1 to 253 of a-z, A-Z, 0-9, '-', '_' and '.' are allowed");
    return store(upstreams_, key, value, [&] { return decode_upstream(value); });
  }
  if (key == keys_.beat()) {
    const auto beat = registry::decode<registry::Beat>(value);
    return beat && std::exchange(beat_epoch_, beat->epoch) != beat->epoch;
  }
  if (view.starts_with(keys_.tls())) return store(tls_, key, value, [&] { return decode_tls(value); });
  if (const std::string lua = lua_prefix(keys_); view.starts_with(lua))
    return store(lua_, key, value, [&] { return decode_lua(view.substr(lua.size()), value); });
  return false;
}

int64_t RecordSet::epoch() const {
  if (beat_epoch_) return *beat_epoch_;
  int64_t highest = 0;
  for (const auto& [key, kept] : barriers_) highest = std::max(highest, kept.record.after.epoch);
  return highest;
}

bool RecordSet::remove(const std::string& key) {
  if (key == keys_.beat()) return std::exchange(beat_epoch_, std::nullopt).has_value();
  const size_t records = routes_.erase(key) + endpoints_.erase(key) + nodes_.erase(key) +
                         barriers_.erase(key) + upstreams_.erase(key) + tls_.erase(key) + lua_.erase(key);
  if (records > 0) changes_.insert(key);
  return records + refused_.erase(key) > 0;
}

void RecordSet::keep_only(const store::KeyRange& range,
                          const std::function<bool(const std::string&)>& wanted) {
  const auto prune = [&](auto& table) {
    std::erase_if(table, [&](const auto& entry) {
      const bool goes = range.contains(entry.first) && !wanted(entry.first);
      if (goes) changes_.insert(entry.first);
      return goes;
    });
  };
  prune(routes_);
  prune(endpoints_);
  prune(nodes_);
  prune(barriers_);
  prune(upstreams_);
  prune(tls_);
  prune(lua_);
  prune(refused_);
  if (range.contains(keys_.beat()) && !wanted(keys_.beat())) beat_epoch_.reset();
}

template <class T, class Decode>
bool RecordSet::store(Table<T>& table, const std::string& key, std::string_view value, Decode decode) {
  Result<T> record = decode();
  if (!record) return refuse(key, reason_of(record.error()));
  bool changed = refused_.erase(key) > 0;
  auto [place, created] = table.try_emplace(key);
  if (created || !(place->second.record == *record)) {
    place->second.record = std::move(*record);
    changes_.insert(key);
    changed = true;
  }
  place->second.text = value;
  return changed;
}

bool RecordSet::refuse(const std::string& key, std::string why) {
  why = shortened(std::move(why));
  std::string& known = refused_[key];
  if (known == why) return false;
  known = std::move(why);
  return true;
}

template <class Visit>
void RecordSet::each_kept(Visit visit) const {
  const auto visit_all = [&](const auto& table) {
    for (const auto& [key, kept] : table) visit(key, kept.text);
  };
  visit_all(barriers_);
  visit_all(endpoints_);
  visit_all(lua_);
  visit_all(nodes_);
  visit_all(routes_);
  visit_all(tls_);
  visit_all(upstreams_);
}

std::set<std::string> RecordSet::keys_of_all() const {
  std::set<std::string> all;
  each_kept([&](const std::string& key, const std::string&) { all.insert(key); });
  return all;
}

std::vector<std::pair<std::string, std::string>> RecordSet::texts() const {
  std::vector<std::pair<std::string, std::string>> all;
  each_kept([&](const std::string& key, const std::string& text) { all.emplace_back(key, text); });
  return all;
}

}  // namespace hancock::slardar
