// Claims: who holds which place that visitors come in by. A place that several records claim belongs to one
// of them: a route before an operator's upstream, the older generation before the younger, then the smaller
// key.
//
// Pure; changed record by record, so that the work is that of the places concerned. Owned by the
// SnapshotBuilder.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace hancock::slardar {

/// A host (in lower case, "*.shop.test", "*") and path prefix, or a TCP port, or what of it a host's TLS is.
struct EntrancePlace {
  std::string host;
  std::string path;
  uint16_t port = 0;
  /// "shop.test/api", "tcp port 5432", "tcp port 5432 for shop.test".
  std::string to_string() const;
  friend auto operator<=>(const EntrancePlace&, const EntrancePlace&) = default;
};

/// The first one of a place holds it.
struct Claim {
  enum class Kind { kRoute, kUpstream };
  Kind kind = Kind::kRoute;
  int64_t generation = 0;
  std::string key;      // of the record
  size_t entrance = 0;  // in it
  bool is_of(const std::string& record, size_t place) const { return key == record && entrance == place; }
  friend auto operator<=>(const Claim&, const Claim&) = default;
};

class Claims {
 public:
  using Wanted = std::vector<std::pair<EntrancePlace, Claim>>;

  /// What the record `key` claims from now on, instead of what it did before; empty: nothing any more.
  void put(const std::string& key, Wanted wanted);
  /// nullptr: nobody claims it.
  const Claim* holder(const EntrancePlace& place) const;
  void each_held(const std::function<void(const EntrancePlace&, const Claim& holder)>& visit) const;

  /// The records that claim a place of which somebody's claim has changed, since this was asked last.
  std::set<std::string> take_concerned() { return std::exchange(concerned_, {}); }
  /// Some place has another holder than when this was asked last.
  bool take_moved() { return std::exchange(moved_, false); }

 private:
  void drop(const EntrancePlace& place, const Claim& claim);

  std::map<EntrancePlace, std::set<Claim>> places_;
  std::map<std::string, Wanted> by_record_;
  std::set<std::string> concerned_;
  bool moved_ = false;
};

}  // namespace hancock::slardar
