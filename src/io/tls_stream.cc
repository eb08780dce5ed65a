#include "io/tls_stream.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "io/tls_error.h"

namespace hancock::io {
namespace {

constexpr size_t kRecordBytes = 16 << 10;            // RFC 8446 section 5.1
constexpr size_t kSendBytesMax = 80 << 10;           // encrypted ahead of the socket: one read of a peer
constexpr size_t kUnsentBytesMax = 128 << 10;        // more: who asks for answers to his records reads none
constexpr size_t kUnproductiveBytesMax = 256 << 10;  // of handshakes, changes of keys and the like
constexpr Attempt kBlocked{Attempt::Outcome::kBlocked, 0, 0};

Attempt failed_with(int error_number) { return {Attempt::Outcome::kFailed, 0, error_number}; }
Attempt done_with(size_t bytes) { return {Attempt::Outcome::kDone, bytes, 0}; }

bool is_ip(const std::string& name) {
  unsigned char address[16];
  return inet_pton(AF_INET, name.c_str(), address) == 1 || inet_pton(AF_INET6, name.c_str(), address) == 1;
}

}  // namespace

/// A thread's own: OpenSSL's records of one call, sent together when it returns.
class TlsStream::Outbox {
 public:
  static std::string& bytes() {
    static thread_local std::string outbox = [] {
      std::string made;
      made.reserve(kSendBytesMax + kRecordBytes);
      return made;
    }();
    return outbox;
  }
};

class TlsStream::Link {
 public:
  Link(ssl_ctx_st* context, int socket) : ssl(SSL_new(context)), fd(socket) {
    BIO* const bio = BIO_new(method());
    if (!ssl || !bio) std::abort();
    BIO_set_data(bio, this);
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl, bio, bio);
  }
  Link(const Link&) = delete;
  ~Link() { SSL_free(ssl); }

  SSL* const ssl;
  const int fd;
  bool drained = false;     // the last read of the socket was short
  bool hung_up = false;     // no edge will tell of what comes after a short read
  bool closed = false;      // the socket's end was read
  size_t unproductive = 0;  // bytes read since the last that were data
  int error_number = 0;

 private:
  static Link& of(BIO* bio) { return *static_cast<Link*>(BIO_get_data(bio)); }

  static int read(BIO* bio, char* buffer, int size) {
    Link& link = of(bio);
    BIO_clear_retry_flags(bio);
    ssize_t n = -1;
    if (!link.drained) {
      do n = ::recv(link.fd, buffer, static_cast<size_t>(size), 0);
      while (n < 0 && errno == EINTR);
      link.drained = n < size && !(n > 0 && link.hung_up);
      link.closed = n == 0;
      if (n >= 0) link.unproductive += static_cast<size_t>(n);
      if (link.unproductive > kUnproductiveBytesMax) {
        link.error_number = EPROTO;
        return -1;
      }
      if (n >= 0) return static_cast<int>(n);
      if (errno != EAGAIN) {
        link.error_number = errno;
        return -1;
      }
    }
    BIO_set_retry_read(bio);
    return -1;
  }

  static int write(BIO*, const char* bytes, int size) {
    Outbox::bytes().append(bytes, static_cast<size_t>(size));
    return size;
  }

  static long control(BIO* bio, int command, long, void*) {
    if (command == BIO_CTRL_FLUSH) return 1;
    if (command == BIO_CTRL_EOF) return of(bio).closed ? 1 : 0;
    return 0;
  }

  static BIO_METHOD* method() {
    static BIO_METHOD* const made = [] {
      BIO_METHOD* const fresh = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket");
      BIO_meth_set_read(fresh, read);
      BIO_meth_set_write(fresh, write);
      BIO_meth_set_ctrl(fresh, control);
      return fresh;
    }();
    return made;
  }
};

TlsStream::TlsStream(std::unique_ptr<SocketStream> socket, ssl_ctx_st* context)
    : Stream(socket->loop(), socket_of(*socket)), link_(std::make_unique<Link>(context, descriptor().fd())) {
  SSL_set_app_data(link_->ssl, this);
  descriptor().set_drained();  // it has just been registered: an edge tells what is there
}

TlsStream::TlsStream(const TlsServer& server, std::unique_ptr<SocketStream> socket)
    : TlsStream(std::move(socket), server.context()) {
  server_ = &server;
  SSL_set_accept_state(link_->ssl);
}

TlsStream::TlsStream(const TlsClient& client, std::unique_ptr<SocketStream> socket, const std::string& name)
    : TlsStream(std::move(socket), client.context()) {
  SSL_set_connect_state(link_->ssl);
  if (is_ip(name)) {
    if (client.verifies()) X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(link_->ssl), name.c_str());
  } else {
    SSL_set_tlsext_host_name(link_->ssl, name.c_str());
    if (client.verifies()) SSL_set1_host(link_->ssl, name.c_str());
  }
}

TlsStream::~TlsStream() = default;

const CertificatePtr& TlsStream::choose_certificate() {
  if (const char* const name = SSL_get_servername(link_->ssl, TLSEXT_NAMETYPE_host_name)) {
    server_name_ = name;
    std::transform(server_name_.begin(), server_name_.end(), server_name_.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  }
  certificate_ = server_->choose(server_name_);
  return certificate_;
}

Async<Result<void>> TlsStream::handshake(TimePoint deadline) {
  while (true) {
    ERR_clear_error();
    link_->drained = !descriptor().maybe_readable();
    const int result = SSL_do_handshake(link_->ssl);
    const int reason = SSL_get_error(link_->ssl, result);
    std::optional<Error> error;
    if (result != 1 && reason != SSL_ERROR_WANT_READ) error = handshake_error(result);
    const Flush flushed = flush();
    if (error) {
      failed_ = true;
      co_return tl::unexpected(std::move(*error));
    }
    if (flushed == Flush::kFailed) co_return fail(ErrorCode::kClosed, "the other side has gone");
    // What came behind the handshake may have been read with it.
    const bool all_read = link_->drained && (result != 1 || !SSL_has_pending(link_->ssl));
    if (all_read) descriptor().set_drained();
    if (result == 1 && flushed == Flush::kDone) break;
    // While something is left to be sent the other side has nothing to say.
    const Direction wanted = flushed == Flush::kBlocked ? Direction::kWrite : Direction::kRead;
    if (wanted == Direction::kRead && descriptor().maybe_readable()) continue;
    auto ready = co_await descriptor().ready(wanted, deadline);
    if (!ready) {
      failed_ = true;
      co_return forward_error(ready, "TLS handshake");
    }
  }
  if (server_ && !certificate_) choose_certificate();  // resumed: none was asked for
  established_ = true;
  co_return Result<void>();
}

Error TlsStream::handshake_error(int result) {
  const int reason = SSL_get_error(link_->ssl, result);
  const bool is_gone = reason == SSL_ERROR_SYSCALL || link_->closed || link_->error_number != 0;
  met_plain_http_ = server_ && ERR_GET_REASON(ERR_peek_error()) == SSL_R_HTTP_REQUEST;
  const long verified = SSL_get_verify_result(link_->ssl);
  if (!server_ && verified != X509_V_OK) {
    ERR_clear_error();
    return {ErrorCode::kDenied, std::string("certificate: ") + X509_verify_cert_error_string(verified), {}};
  }
  if (is_gone) {
    ERR_clear_error();
    return {ErrorCode::kClosed, "TLS handshake: the other side has gone", {}};
  }
  return {ErrorCode::kInvalid, "TLS handshake: " + take_tls_error("failed"), {}};
}

std::string_view TlsStream::protocol() const {
  const unsigned char* bytes = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(link_->ssl, &bytes, &size);
  return {reinterpret_cast<const char*>(bytes), size};
}

std::string_view TlsStream::version() const { return SSL_get_version(link_->ssl); }
bool TlsStream::resumed() const { return SSL_session_reused(link_->ssl) == 1; }

std::unique_ptr<SocketStream> TlsStream::take_socket() {
  failed_ = true;
  return std::make_unique<SocketStream>(loop(), socket_of(*this));
}

Attempt TlsStream::try_recv(std::span<char> buffer) {
  if (ended_) return done_with(0);
  link_->drained = false;
  link_->hung_up = descriptor().hung_up();
  size_t filled = 0;
  while (filled < buffer.size()) {
    ERR_clear_error();
    size_t n = 0;
    const int result = SSL_read_ex(link_->ssl, buffer.data() + filled, buffer.size() - filled, &n);
    if (result != 1) return stopped_reading(result, filled);
    link_->unproductive = 0;
    filled += n;
  }
  if (!answer_records()) descriptor().set_hung_up();
  return done_with(filled);
}

Attempt TlsStream::stopped_reading(int result, size_t filled) {
  const int reason = SSL_get_error(link_->ssl, result);
  const bool usable = answer_records();
  if (reason == SSL_ERROR_WANT_READ && usable) return filled > 0 ? done_with(filled) : kBlocked;
  descriptor().set_hung_up();  // there will be no edge for what is left to be told
  if (reason == SSL_ERROR_ZERO_RETURN) ended_ = true;
  if (filled > 0 || ended_) return done_with(filled);
  failed_ = true;
  if (link_->error_number != 0) return failed_with(link_->error_number);
  return failed_with(link_->closed ? ECONNRESET : EPROTO);
}

// A change of keys wants an answer. What the socket does not take of it goes before the next send.
bool TlsStream::answer_records() {
  if (!Outbox::bytes().empty() && flush() == Flush::kFailed) failed_ = true;
  if (unsent_.size() > kUnsentBytesMax) failed_ = true;
  return !failed_;
}

Attempt TlsStream::try_send(std::span<const iovec> parts) {
  if (failed_ || said_end_) return failed_with(EPIPE);
  size_t taken = 0;
  if (unsent_.empty() && held_ == 0 && !encrypt(parts, taken)) return failed_with(EPROTO);
  const size_t before = unsent_.size() + Outbox::bytes().size();
  switch (flush()) {
    case Flush::kDone:
      return done_with(taken + std::exchange(held_, 0));
    case Flush::kBlocked:
      held_ += taken;
      // Who took a part is not one who takes nothing; the next try blocks.
      return unsent_.size() < before ? done_with(0) : kBlocked;
    case Flush::kFailed:
      break;
  }
  failed_ = true;
  return failed_with(link_->error_number);
}

// Parts that are shorter than a record are joined: a head and a short body travel in one.
bool TlsStream::encrypt(std::span<const iovec> parts, size_t& taken) {
  static thread_local std::string joined;
  size_t offset = 0;  // in the first part
  while (!parts.empty() && taken < kSendBytesMax) {
    std::string_view piece(static_cast<const char*>(parts.front().iov_base) + offset,
                           parts.front().iov_len - offset);
    if (piece.size() >= kRecordBytes || parts.size() == 1) {
      piece = piece.substr(0, kRecordBytes);
      offset += piece.size();
    } else {
      joined.clear();
      while (!parts.empty() && joined.size() < kRecordBytes) {
        const size_t room = kRecordBytes - joined.size();
        const size_t some = std::min(room, parts.front().iov_len - offset);
        joined.append(static_cast<const char*>(parts.front().iov_base) + offset, some);
        offset += some;
        if (offset < parts.front().iov_len) break;
        parts = parts.subspan(1);
        offset = 0;
      }
      piece = joined;
    }
    if (!parts.empty() && offset == parts.front().iov_len) {
      parts = parts.subspan(1);
      offset = 0;
    }
    if (piece.empty()) continue;
    ERR_clear_error();
    size_t n = 0;
    if (SSL_write_ex(link_->ssl, piece.data(), piece.size(), &n) != 1) {
      flush();
      failed_ = true;
      return false;
    }
    taken += piece.size();
  }
  return true;
}

TlsStream::Flush TlsStream::flush() {
  std::string& fresh = Outbox::bytes();
  if (!unsent_.empty()) {
    unsent_ += fresh;
    fresh.clear();
  }
  std::string_view left = unsent_.empty() ? fresh : unsent_;
  Flush outcome = Flush::kDone;
  while (!left.empty()) {
    const ssize_t n = ::send(link_->fd, left.data(), left.size(), MSG_NOSIGNAL);
    if (n >= 0) {
      left.remove_prefix(static_cast<size_t>(n));
    } else if (errno != EINTR) {
      link_->error_number = errno == EAGAIN ? 0 : errno;
      outcome = errno == EAGAIN ? Flush::kBlocked : Flush::kFailed;
      break;
    }
  }
  std::string rest(outcome == Flush::kBlocked ? left : std::string_view());
  unsent_.swap(rest);  // a move would keep what is empty as large as it was
  fresh.clear();
  return outcome;
}

void TlsStream::say_end() {
  if (!established_ || failed_ || !unsent_.empty() || std::exchange(said_end_, true)) return;
  ERR_clear_error();
  SSL_shutdown(link_->ssl);
  flush();  // a socket that takes no more has a reader who will miss this end, as much else
}

void TlsStream::shutdown_write() {
  say_end();
  ::shutdown(descriptor().fd(), SHUT_WR);
}

void TlsStream::reset() {
  said_end_ = true;  // it is not one
  Stream::reset();
}

// Tickets and new keys may have come behind the last answer: they are no reason to end it.
bool TlsStream::quiet() {
  if (descriptor().aborted() || failed_ || ended_ || !unsent_.empty()) return false;
  link_->drained = false;
  ERR_clear_error();
  char byte = 0;
  size_t n = 0;
  const int result = SSL_peek_ex(link_->ssl, &byte, 1, &n);
  const bool nothing = result != 1 && SSL_get_error(link_->ssl, result) == SSL_ERROR_WANT_READ;
  return flush() == Flush::kDone && nothing;
}

}  // namespace hancock::io
