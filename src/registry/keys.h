// Keys: where each record of the Registry stands below the prefix. Values only; any thread.
#pragma once

#include <string>
#include <string_view>

namespace hancock::registry {

class Keys {
 public:
  /// `prefix` ends in '/': "/hancock/".
  explicit Keys(std::string prefix = "/hancock/") : prefix_(std::move(prefix)) {}

  const std::string& prefix() const { return prefix_; }
  std::string routes() const { return prefix_ + "routes/"; }
  std::string endpoints() const { return prefix_ + "endpoints/"; }
  std::string nodes() const { return prefix_ + "nodes/"; }
  std::string gateways() const { return prefix_ + "gateways/"; }
  std::string barriers() const { return prefix_ + "barriers/"; }
  std::string upstreams() const { return prefix_ + "upstreams/"; }
  std::string tls() const { return prefix_ + "tls/"; }
  std::string beat() const { return prefix_ + "beat"; }
  /// The Masters' own state; no gateway reads it.
  std::string state() const { return prefix_ + "state/"; }

  std::string route(std::string_view tenant, std::string_view app, std::string_view service) const;
  std::string endpoint(std::string_view node, std::string_view task) const;
  std::string endpoints_of(std::string_view node) const;
  std::string node(std::string_view name) const;
  std::string gateway(std::string_view id) const;
  std::string barrier(std::string_view id) const;

 private:
  std::string prefix_;
};

}  // namespace hancock::registry
