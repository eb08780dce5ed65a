// TlsServer, TlsClient: how connections of one kind speak TLS: versions, ciphers, certificates, tickets.
//
//   TlsServer server(loop, keys, {"http/1.1"}, [](std::string_view name) { return certificate; });
//   auto client = TlsClient::make({.ca = "/etc/ca.pem"});
//
// TLS 1.2 and 1.3 with forward secrecy only; no renegotiation, no compression, no early data. A server keeps
// no sessions: they are in tickets. TlsServer: loop's thread only; it outlives its connections. TlsClient:
// immutable, any thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "io/loop.h"
#include "io/tls_certificate.h"
#include "io/tls_tickets.h"

struct ssl_ctx_st;  // OpenSSL's SSL_CTX

namespace hancock::io {

struct TlsContextFree {
  void operator()(ssl_ctx_st* context) const;
};
using TlsContextPtr = std::unique_ptr<ssl_ctx_st, TlsContextFree>;

class TlsServer {
 public:
  /// The certificate for a visitor that names `name` in lower case, "" when it names none. nullptr: its
  /// handshake fails.
  using Choose = std::function<CertificatePtr(std::string_view name)>;

  /// `protocols`: of ALPN (RFC 7301), the most wanted first. A visitor that offers others alone is refused.
  TlsServer(Loop& loop, TicketKeys keys, std::vector<std::string> protocols, Choose choose);

  ssl_ctx_st* context() const { return context_.get(); }
  CertificatePtr choose(std::string_view name) const { return choose_(name); }

 private:
  struct Callbacks;  // that OpenSSL makes
  Loop& loop_;
  TicketKeys keys_;
  const std::string protocols_;  // as in ALPN: each behind its length
  const Choose choose_;
  TlsContextPtr context_;
};

struct TlsClientOptions {
  bool verify = true;  // that the peer is who its name says, by a CA that is trusted
  std::string ca;      // file of CAs in PEM; "" = the system's
  std::vector<std::string> protocols = {"http/1.1"};
  friend bool operator==(const TlsClientOptions&, const TlsClientOptions&) = default;
};

class TlsClient {
 public:
  /// Reads the CAs. Errors: kInvalid with what is wrong with the file.
  static Result<std::shared_ptr<const TlsClient>> make(TlsClientOptions options);

  ssl_ctx_st* context() const { return context_.get(); }
  bool verifies() const { return verifies_; }

 private:
  TlsClient(TlsContextPtr context, bool verifies) : context_(std::move(context)), verifies_(verifies) {}
  const TlsContextPtr context_;
  const bool verifies_;
};

}  // namespace hancock::io
