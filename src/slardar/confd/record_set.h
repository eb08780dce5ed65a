// RecordSet: the Registry's records that a gateway serves from, each as its last good value.
//
// A put that cannot be read or is not supported yet is refused alone: the value before it stays, and
// refused() says why. Pure: no clock, no I/O. Owned by Confd; control thread.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "registry/keys.h"
#include "registry/records.h"
#include "slardar/confd/refusals.h"
#include "slardar/confd/upstream_record.h"
#include "slardar/lua/lua_record.h"
#include "slardar/tls/tls_record.h"

namespace hancock::slardar {

class RecordSet {
 public:
  explicit RecordSet(registry::Keys keys = registry::Keys()) : keys_(std::move(keys)) {}

  /// True when what is served, or what is refused, may have changed. Keys that
  /// no gateway serves from (gateways/, the Masters' state/) change nothing,
  /// nor does a beat of the same epoch.
  bool put(const std::string& key, std::string_view value);
  bool remove(const std::string& key);
  /// Removes every record in `range` that is not `wanted`: the end of a load.
  void keep_only(const store::KeyRange& range, const std::function<bool(const std::string&)>& wanted);

  template <class T>
  struct Kept {
    T record;
    std::string text;  // as it stood in the Registry, for the snapshot on disk
  };
  template <class T>
  using Table = std::map<std::string, Kept<T>>;

  const registry::Keys& keys() const { return keys_; }
  const Table<registry::Route>& routes() const { return routes_; }
  const Table<registry::Endpoint>& endpoints() const { return endpoints_; }
  const Table<registry::NodeRecord>& nodes() const { return nodes_; }
  const Table<registry::Barrier>& barriers() const { return barriers_; }
  /// By the upstream's full key.
  const Table<UpstreamRecord>& upstreams() const { return upstreams_; }
  const Table<TlsRecord>& tls() const { return tls_; }
  const Table<LuaRecord>& lua() const { return lua_; }
  std::string_view upstream_name(std::string_view key) const { return key.substr(keys_.upstreams().size()); }
  const Refusals& refused() const { return refused_; }
  /// The leader's, from its beat; where there is none, the highest one that an
  /// open barrier names; 0 without any.
  int64_t epoch() const;

  /// The keys of the records that are other ones than when this was asked last.
  std::set<std::string> take_changes() { return std::exchange(changes_, {}); }
  std::set<std::string> keys_of_all() const;

  /// The last good text of each record, in key order.
  std::vector<std::pair<std::string, std::string>> texts() const;

 private:
  template <class Visit>
  void each_kept(Visit visit) const;
  template <class T, class Decode>
  bool store(Table<T>& table, const std::string& key, std::string_view value, Decode decode);
  bool refuse(const std::string& key, std::string why);

  registry::Keys keys_;
  Table<registry::Route> routes_;
  Table<registry::Endpoint> endpoints_;
  Table<registry::NodeRecord> nodes_;
  Table<registry::Barrier> barriers_;
  Table<UpstreamRecord> upstreams_;
  Table<TlsRecord> tls_;
  Table<LuaRecord> lua_;
  std::optional<int64_t> beat_epoch_;
  Refusals refused_;
  std::set<std::string> changes_;
};

}  // namespace hancock::slardar
