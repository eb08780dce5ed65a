#include "master/core/state_reader.h"

#include <charconv>
#include <utility>

#include "base/percent.h"

namespace hancock::master {
namespace {

using store::KeyValue;
using Parts = std::vector<std::string_view>;

/// More than a transaction causes: numbers go on behind a batch that cannot be read.
constexpr int64_t kEventsPerBatchMax = 256;
constexpr const char* kNotItsKind = "is no record of its kind";
constexpr const char* kNotItsKey = "names something else than its key does";

template <class Number>
std::optional<Number> number(std::string_view text) {
  Number value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

ServiceRef service_at(const Parts& parts) {
  return {std::string(parts[1]), std::string(parts[2]), std::string(parts[3])};
}

VersionRef version_at(const Parts& parts) {
  return {service_at(parts), number<uint32_t>(parts[4]).value_or(0)};
}

EndpointRef endpoint_at(const Parts& parts) { return {std::string(parts[1]), std::string(parts[2])}; }

/// What follows the first part: a claim's name has parts of its own.
std::string_view rest(const Parts& parts) {
  const char* begin = parts[1].data();
  return {begin, static_cast<size_t>(parts.back().data() + parts.back().size() - begin)};
}

/// Parses `item` and puts it into `table` under `key` if `fits(record)`.
template <class Key, class T, class Fits>
std::string take(Table<Key, T>& table, Key key, const KeyValue& item, Fits fits) {
  T record;
  if (!record.ParseFromString(item.value)) return kNotItsKind;
  if (!fits(record)) return kNotItsKey;
  table.insert_or_assign(std::move(key), Stored<T>{std::move(record), item.mod_revision});
  return {};
}

template <class Key, class T, class Fits>
std::string take(RegistryTable<Key, T>& table, Key key, const KeyValue& item, Fits fits) {
  Result<T> record = registry::decode<T>(item.value);
  if (!record) return record.error().message;
  if (!fits(*record)) return kNotItsKey;
  table.insert_or_assign(std::move(key), Registered<T>{std::move(*record), item.value, item.mod_revision});
  return {};
}

template <class Index, class Key>
void unindex(Index& index, const Key& key, const std::string& id) {
  auto it = index.find(key);
  if (it == index.end()) return;
  it->second.erase(id);
  if (it->second.empty()) index.erase(it);
}

/// The parts of `key` below `root`; none when it stands elsewhere.
Parts below(std::string_view key, std::string_view root) {
  if (!key.starts_with(root)) return {};
  return split_key(key.substr(root.size()));
}

}  // namespace

void StateReader::put(const KeyValue& item) {
  forget(item.key);
  std::string reason = read(item);
  if (reason.empty()) return;
  state_.unreadable_.insert_or_assign(item.key, Unreadable{std::move(reason), item.mod_revision});
  note_all();
}

void StateReader::remove(std::string_view key) { forget(key); }

void StateReader::note_task(const model::Task& task) {
  note(service_of(task));
  note_node(task.node());
}

/// What it says goes to every Node that runs it.
void StateReader::note_version(const ServiceRef& service) {
  note(service);
  for (const std::string& id : state_.tasks_of(service)) note_node(state_.tasks_.at(id).value.node());
}

void StateReader::note_endpoint(std::string_view task) {
  if (const auto* found = state_.task(task)) note(service_of(found->value));
}

void StateReader::note_barrier(const registry::Barrier& barrier) {
  for (const std::string& task : barrier.tasks) note_endpoint(task);
}

void StateReader::forget(std::string_view key) {
  if (auto it = state_.unreadable_.find(key); it != state_.unreadable_.end()) {
    state_.unreadable_.erase(it);
    note_all();
    return;
  }
  if (Parts parts = below(key, state_.state_keys_.root()); !parts.empty()) return forget_state(parts);
  if (Parts parts = below(key, state_.keys_.prefix()); !parts.empty()) return forget_registry(parts);
}

void StateReader::forget_state(const Parts& parts) {
  const std::string_view kind = parts[0];
  if (kind == "leader" && parts.size() == 1) state_.leader_ = {};
  if (kind == "heartbeat" && parts.size() == 1) state_.heartbeat_ = {};
  if (parts.size() < 2) return;
  const std::string name(parts[1]);
  if (kind == "tenants") state_.tenants_.erase(name);
  if (kind == "nodes") state_.nodes_.erase(name);
  if (kind == "sites") state_.sites_.erase(name);
  if (kind == "tokens") state_.tokens_.erase(name);
  if (kind == "claims") forget_claim(std::string(rest(parts)));
  if (kind == "idempotency") state_.replies_.erase(percent_decode(name).value_or(name));
  if (kind == "apps" && parts.size() == 3) state_.apps_.erase(AppRef{name, std::string(parts[2])});
  if (kind == "services" && parts.size() == 4) {
    note(service_at(parts));
    state_.services_.erase(service_at(parts));
  }
  if (kind == "versions" && parts.size() == 5) {
    note_version(service_at(parts));
    state_.versions_.erase(version_at(parts));
  }
  if (kind == "tasks") forget_task(name);
  if (kind == "deployments") forget_deployment(name);
  if (kind == "events") state_.events_.erase(number<int64_t>(name).value_or(0));
}

void StateReader::forget_claim(const std::string& name) {
  const auto it = state_.claims_.find(name);
  if (it == state_.claims_.end()) return;
  note(service_of(it->second.value));
  state_.claims_.erase(it);
}

void StateReader::forget_task(const std::string& id) {
  const auto it = state_.tasks_.find(id);
  if (it == state_.tasks_.end()) return;
  note_task(it->second.value);
  unindex(state_.tasks_of_, service_of(it->second.value), id);
  unindex(state_.tasks_on_, it->second.value.node(), id);
  state_.tasks_.erase(it);
}

void StateReader::forget_deployment(const std::string& id) {
  const auto it = state_.deployments_.find(id);
  if (it == state_.deployments_.end()) return;
  note(service_of(it->second.value));
  unindex(state_.deployments_of_, service_of(it->second.value), id);
  state_.deployments_.erase(it);
}

void StateReader::forget_registry(const Parts& parts) {
  const std::string_view kind = parts[0];
  if (parts.size() < 2) return;
  if (kind == "routes" && parts.size() == 4) {
    note(service_at(parts));
    state_.routes_.erase(service_at(parts));
  }
  if (kind == "gateways") state_.gateways_.erase(std::string(parts[1]));
  if (kind == "barriers") {
    if (auto it = state_.barriers_.find(parts[1]); it != state_.barriers_.end()) {
      note_barrier(it->second.value);
      state_.barriers_.erase(it);
    }
  }
  if (kind == "nodes") {
    note_node(std::string(parts[1]));
    state_.node_records_.erase(std::string(parts[1]));
  }
  if (kind == "endpoints" && parts.size() == 3) {
    note_endpoint(parts[2]);
    state_.endpoints_.erase(endpoint_at(parts));
  }
}

std::string StateReader::read(const KeyValue& item) {
  if (Parts parts = below(item.key, state_.state_keys_.root()); !parts.empty())
    return read_state(parts, item);
  if (Parts parts = below(item.key, state_.keys_.prefix()); !parts.empty()) return read_registry(parts, item);
  return {};
}

std::string StateReader::read_state(const Parts& parts, const KeyValue& item) {
  const std::string_view kind = parts[0];
  if (parts.size() == 1) return read_single(kind, item);
  const std::string name(parts[1]);
  const auto is_named = [&](const auto& record) { return record.name() == name; };
  if (kind == "tenants") return take(state_.tenants_, name, item, is_named);
  if (kind == "nodes") return take(state_.nodes_, name, item, is_named);
  if (kind == "sites") return take(state_.sites_, name, item, is_named);
  if (kind == "tokens") return take(state_.tokens_, name, item, is_named);
  if (kind == "claims") return read_claim(std::string(rest(parts)), item);
  if (kind == "idempotency") return read_reply(percent_decode(name).value_or(name), item);
  if (kind == "apps" && parts.size() == 3) return read_app({name, std::string(parts[2])}, item);
  if (kind == "services" && parts.size() == 4) return read_service(service_at(parts), item);
  if (kind == "versions" && parts.size() == 5) return read_version(version_at(parts), item);
  if (kind == "tasks") return read_task(name, item);
  if (kind == "deployments") return read_deployment(name, item);
  if (kind == "events") return read_events(number<int64_t>(name).value_or(0), item);
  return {};  // of a newer Master
}

std::string StateReader::read_single(std::string_view kind, const KeyValue& item) {
  if (kind == "heartbeat") state_.heartbeat_ = item.mod_revision;
  if (kind != "leader") return {};
  Stored<model::Leader> leader{{}, item.mod_revision};
  if (!leader.value.ParseFromString(item.value)) return kNotItsKind;
  state_.leader_ = std::move(leader);
  return {};
}

std::string StateReader::read_claim(const std::string& name, const KeyValue& item) {
  std::string reason =
      take(state_.claims_, name, item, [](const model::Claim& claim) { return !claim.service().empty(); });
  if (reason.empty()) note(service_of(state_.claims_.at(name).value));
  return reason;
}

std::string StateReader::read_reply(const std::string& key, const KeyValue& item) {
  return take(state_.replies_, key, item, [](const model::Reply&) { return true; });
}

std::string StateReader::read_app(const AppRef& ref, const KeyValue& item) {
  return take(state_.apps_, ref, item,
              [&](const model::App& app) { return app.tenant() == ref.tenant && app.name() == ref.app; });
}

std::string StateReader::read_service(const ServiceRef& ref, const KeyValue& item) {
  return take(state_.services_, ref, item, [&](const model::Service& service) {
    return ServiceRef{service.tenant(), service.app(), service.name()} == ref;
  });
}

std::string StateReader::read_version(const VersionRef& ref, const KeyValue& item) {
  return take(state_.versions_, ref, item, [&](const model::Version& version) {
    return version.number() == ref.number && version.number() != 0 && service_of(version) == ref.service;
  });
}

std::string StateReader::read_task(const std::string& id, const KeyValue& item) {
  std::string reason =
      take(state_.tasks_, id, item, [&](const model::Task& task) { return task.id() == id; });
  if (!reason.empty()) return reason;
  const model::Task& task = state_.tasks_.at(id).value;
  note_task(task);
  state_.tasks_of_[service_of(task)].insert(id);
  state_.tasks_on_[task.node()].insert(id);
  return {};
}

std::string StateReader::read_deployment(const std::string& id, const KeyValue& item) {
  std::string reason = take(state_.deployments_, id, item,
                            [&](const model::Deployment& deployment) { return deployment.id() == id; });
  if (!reason.empty()) return reason;
  const ServiceRef service = service_of(state_.deployments_.at(id).value);
  note(service);
  state_.deployments_of_[service].insert(id);
  return {};
}

std::string StateReader::read_events(int64_t first, const KeyValue& item) {
  std::string reason = take(state_.events_, first, item, [&](const model::EventBatch& batch) {
    return batch.events_size() > 0 && batch.events(0).number() == first;
  });
  const int64_t size = reason.empty() ? state_.events_.at(first).value.events_size() : kEventsPerBatchMax;
  state_.last_event_ = std::max(state_.last_event_, first + size - 1);
  return reason;
}

std::string StateReader::read_registry(const Parts& parts, const KeyValue& item) {
  const std::string_view kind = parts[0];
  if (parts.size() < 2) return {};
  const std::string name(parts[1]);
  if (kind == "routes" && parts.size() == 4) {
    ServiceRef ref = service_at(parts);
    return take(state_.routes_, ref, item, [&](const registry::Route& route) {
      return ServiceRef{route.tenant, route.app, route.service} == ref;
    });
  }
  if (kind == "endpoints" && parts.size() == 3)
    return take(state_.endpoints_, endpoint_at(parts), item, [&](const registry::Endpoint& endpoint) {
      return endpoint.node == parts[1] && endpoint.task == parts[2];
    });
  if (kind == "gateways")
    return take(state_.gateways_, name, item,
                [&](const registry::GatewayRecord& gateway) { return gateway.id == name; });
  if (kind == "barriers") {
    std::string reason = take(state_.barriers_, name, item,
                              [&](const registry::Barrier& barrier) { return barrier.id == name; });
    if (reason.empty()) note_barrier(state_.barriers_.at(name).value);
    return reason;
  }
  if (kind == "nodes")
    return take(state_.node_records_, name, item,
                [&](const registry::NodeRecord& node) { return node.node == name; });
  return {};
}

}  // namespace hancock::master
