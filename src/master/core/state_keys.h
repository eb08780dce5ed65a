// StateKeys: where each record of the Masters' state stands below <prefix>state/. Values only; any thread.
//
// One key a record, binary protobuf (proto/hancock/model.proto). Names hold no '/', so that a key can be
// taken apart again; hosts and path prefixes of claims are percent-encoded.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "master/core/refs.h"
#include "registry/keys.h"

namespace hancock::master {

class StateKeys {
 public:
  explicit StateKeys(const registry::Keys& keys = registry::Keys()) : root_(keys.state()) {}

  const std::string& root() const { return root_; }
  std::string tenant(std::string_view name) const;
  std::string app(const AppRef& app) const;
  std::string service(const ServiceRef& service) const;
  std::string version(const VersionRef& version) const;
  std::string versions(const ServiceRef& service) const;
  std::string task(std::string_view id) const;
  std::string node(std::string_view name) const;
  std::string site(std::string_view name) const;
  std::string deployment(std::string_view id) const;
  /// `name` as claims_of gives it: "host/<host>/<prefix>", "tcp/<port>" or "tcp/<port>/<name>", encoded.
  std::string claim(std::string_view name) const;
  /// The batch whose first Event has `number`: 20 digits, so that keys sort by number.
  std::string event(int64_t number) const;
  std::string events() const { return root_ + "events/"; }
  std::string leader() const { return root_ + "leader"; }
  std::string heartbeat() const { return root_ + "heartbeat"; }
  std::string token(std::string_view name) const;
  std::string idempotency(std::string_view key) const;
  std::string idempotency_all() const { return root_ + "idempotency/"; }

 private:
  std::string root_;
};

/// "services/t/a/s" -> {"services", "t", "a", "s"}.
std::vector<std::string_view> split_key(std::string_view key);

}  // namespace hancock::master
