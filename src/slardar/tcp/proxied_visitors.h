// ProxiedVisitors: of a worker's connections, those that came through a trusted balancer, and who is behind
// them as its PROXY header said. Kept by descriptor, so that it holds whatever the connection is wrapped in.
// Worker's thread only.
#pragma once

#include <unordered_map>

#include "io/stream.h"
#include "slardar/tcp/proxy_protocol.h"

namespace hancock::slardar {

class ProxiedVisitors {
 public:
  void add(io::Stream& stream, const ProxiedPeers& peers) { by_descriptor_[key_of(stream)] = peers; }
  /// A new connection: what was known of its descriptor is an older one's.
  void forget(io::Stream& stream) {
    if (!by_descriptor_.empty()) by_descriptor_.erase(key_of(stream));
  }
  bool has(io::Stream& stream) const { return by_descriptor_.contains(key_of(stream)); }

  /// Who visits, and where to: as the header said, else as the kernel does.
  Result<io::Address> source(io::Stream& stream) const {
    const ProxiedPeers* const said = find(stream);
    if (said && said->source) return *said->source;
    return stream.peer_address();
  }
  Result<io::Address> destination(io::Stream& stream) const {
    const ProxiedPeers* const said = find(stream);
    if (said && said->destination) return *said->destination;
    return stream.local_address();
  }
  /// The header that tells a peer of him; "" for kNone.
  std::string announcement(ProxyProtocol version, io::Stream& visitor) const {
    if (version == ProxyProtocol::kNone) return {};
    const auto from = source(visitor);
    const auto to = destination(visitor);
    if (!from || !to) return proxy_header(version, {}, {});
    return proxy_header(version, *from, *to);
  }

 private:
  static int key_of(io::Stream& stream) { return stream.descriptor().fd(); }
  const ProxiedPeers* find(io::Stream& stream) const {
    if (by_descriptor_.empty()) return nullptr;
    const auto found = by_descriptor_.find(key_of(stream));
    return found == by_descriptor_.end() ? nullptr : &found->second;
  }

  std::unordered_map<int, ProxiedPeers> by_descriptor_;
};

}  // namespace hancock::slardar
