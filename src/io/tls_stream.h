// TlsStream: TLS over a connected socket, as a Stream.
//
//   TlsStream stream(server, std::move(accepted));            // or (client, std::move(connected),
//   "shop.test") Result<void> done = co_await stream.handshake(loop.now() + 10s);
//   ... co_await stream.recv(buffer) ...
//
// What is read is decrypted until the caller's buffer is full or the socket drained, so that an edge of the
// descriptor means the same as for a plain stream. Small parts of one send are joined in one record, and
// records in one system call. The end of the stream is close_notify; a connection that ends without one is an
// error (kClosed): what came was not all. An idle one holds no buffer. Loop's thread only; the TlsServer
// outlives it.
#pragma once

#include <string>

#include "io/async.h"
#include "io/tcp.h"
#include "io/tls_context.h"

namespace hancock::io {

class TlsStream final : public Stream {
 public:
  TlsStream(const TlsServer& server, std::unique_ptr<SocketStream> socket);
  /// `name`: what the peer is asked for (SNI) and, if `client` verifies, what its certificate has to be for;
  /// an IP address is verified but not sent.
  TlsStream(const TlsClient& client, std::unique_ptr<SocketStream> socket, const std::string& name);
  ~TlsStream() override;

  /// First of all. Errors: kTimeout, kCancelled, kClosed (the peer has gone), kInvalid with what is wrong;
  /// then nothing but take_socket() is of use.
  Async<Result<void>> handshake(TimePoint deadline);

  /// The name that the visitor asked for, in lower case; "" for none.
  const std::string& server_name() const { return server_name_; }
  /// A server's own that holds for this connection, for its whole life; nullptr before it is chosen.
  const CertificatePtr& certificate() const { return certificate_; }
  /// What ALPN came to; "" when the other side knows nothing of it.
  std::string_view protocol() const;
  /// "TLSv1.3".
  std::string_view version() const;
  /// By a ticket: without a certificate and a signature.
  bool resumed() const;
  /// The other side began to speak HTTP where TLS was expected.
  bool met_plain_http() const { return met_plain_http_; }
  /// The socket without TLS. After a handshake that failed.
  std::unique_ptr<SocketStream> take_socket();

  /// close_notify, and the socket's end.
  void shutdown_write() override;
  /// close_notify alone, for one that is destroyed next: the other side knows that it has got all.
  void say_end() override;
  void reset() override;
  bool quiet() override;

 private:
  friend class TlsServer;
  class Link;    // what OpenSSL reads from and writes to
  class Outbox;  // ciphertext of one call
  enum class Flush { kDone, kBlocked, kFailed };

  TlsStream(std::unique_ptr<SocketStream> socket, ssl_ctx_st* context);
  Attempt try_recv(std::span<char> buffer) override;
  Attempt try_send(std::span<const iovec> parts) override;
  Attempt stopped_reading(int result, size_t filled);
  bool answer_records();
  bool encrypt(std::span<const iovec> parts, size_t& taken);
  const CertificatePtr& choose_certificate();
  Error handshake_error(int result);
  /// Gives the socket what it takes of what OpenSSL has written; the rest waits in unsent_.
  Flush flush();

  const std::unique_ptr<Link> link_;
  const TlsServer* server_ = nullptr;
  std::string server_name_;
  CertificatePtr certificate_;
  std::string unsent_;  // ciphertext that the socket would not take
  size_t held_ = 0;     // bytes of the present send that are in unsent_, reported once they have gone
  bool established_ = false;
  bool ended_ = false;  // close_notify was read
  bool failed_ = false;
  bool said_end_ = false;
  bool met_plain_http_ = false;
};

}  // namespace hancock::io
