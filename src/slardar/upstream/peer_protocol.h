// PeerProtocol: what an upstream's servers speak. gRPC is HTTP/2 to a gateway. Values only.
#pragma once

#include <string_view>

namespace hancock::slardar {

enum class PeerProtocol { kHttp1, kHttp2 };

/// "http2", "grpc", or anything else: HTTP/1.1.
inline PeerProtocol peer_protocol_of(std::string_view name) {
  return name == "http2" || name == "grpc" ? PeerProtocol::kHttp2 : PeerProtocol::kHttp1;
}

}  // namespace hancock::slardar
