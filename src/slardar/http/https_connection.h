// serve_https: one visitor's connection to an address of `https`: the handshake, then what both have agreed
// to speak. Worker's thread only.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "io/tls_stream.h"
#include "slardar/http/http_connection.h"

namespace hancock::slardar {

/// A protocol that visitors may choose (ALPN), and who serves it.
struct Application {
  std::string_view name;
  io::Async<void> (*serve)(WorkerParts& worker, std::unique_ptr<io::TlsStream> stream,
                           ServedConnections& all);
};

/// The most wanted first. A visitor who knows nothing of ALPN speaks HTTP/1.
const std::vector<Application>& applications();
/// Their names, as a TlsServer offers them.
std::vector<std::string> application_names();

/// Takes over one accepted connection. Who speaks HTTP without TLS is told so (400).
io::Async<void> serve_https(WorkerParts& worker, std::unique_ptr<io::SocketStream> stream,
                            ServedConnections& all);

/// The certificate to show in `snapshot`: the one that the route of this host names, else by the name.
io::CertificatePtr choose_certificate(const Snapshot& snapshot, std::string_view name);

/// A request that was sent to whoever held the certificate: RFC 9110 section 7.4. It asks for another host
/// than the handshake did, one that the certificate does not cover.
bool is_misdirected(const io::TlsStream& tls, std::string_view host);

}  // namespace hancock::slardar
