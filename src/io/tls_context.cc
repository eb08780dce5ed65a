#include "io/tls_context.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <cstdlib>

#include "io/tls_error.h"
#include "io/tls_stream.h"

namespace hancock::io {
namespace {

constexpr size_t kProtocolBytesMax = 255;
constexpr const char* kCiphers12 =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
constexpr const char* kCiphers13 =
    "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";

std::string alpn_of(const std::vector<std::string>& protocols) {
  std::string all;
  for (const std::string& each : protocols) {
    if (each.empty() || each.size() > kProtocolBytesMax) std::abort();
    all += static_cast<char>(each.size());
    all += each;
  }
  return all;
}

TlsContextPtr make_context(const SSL_METHOD* method) {
  TlsContextPtr context(SSL_CTX_new(method));
  if (!context) std::abort();  // out of memory, or no OpenSSL to speak of
  SSL_CTX* const to = context.get();
  SSL_CTX_set_min_proto_version(to, TLS1_2_VERSION);
  SSL_CTX_set_options(to, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                              SSL_OP_PRIORITIZE_CHACHA);
  // An idle connection holds no buffer; with read-ahead a short read of the socket says that it is drained.
  SSL_CTX_set_mode(to, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_read_ahead(to, 1);
  const bool known = SSL_CTX_set_cipher_list(to, kCiphers12) == 1 &&
                     SSL_CTX_set_ciphersuites(to, kCiphers13) == 1 &&
                     SSL_CTX_set1_groups_list(to, "X25519:P-256:P-384") == 1;
  if (!known) std::abort();
  SSL_CTX_set_session_cache_mode(to, SSL_SESS_CACHE_OFF);
  return context;
}

}  // namespace

void TlsContextFree::operator()(ssl_ctx_st* context) const { SSL_CTX_free(context); }

struct TlsServer::Callbacks {
  static TlsServer& server_of(SSL* ssl) {
    return *static_cast<TlsServer*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
  }

  static int certificate(SSL* ssl, void*) {
    TlsStream& stream = *static_cast<TlsStream*>(SSL_get_app_data(ssl));
    const CertificatePtr& chosen = stream.choose_certificate();
    return chosen && chosen->install(ssl) ? 1 : 0;
  }

  // Accepted, so that a session of TLS 1.2 keeps the name for those who come back with a ticket.
  static int server_name(SSL*, int*, void*) { return SSL_TLSEXT_ERR_OK; }

  static int protocol(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* offered,
                      unsigned offered_size, void* server) {
    const std::string& ours = static_cast<TlsServer*>(server)->protocols_;
    const int found = SSL_select_next_proto(const_cast<unsigned char**>(out), out_size,
                                            reinterpret_cast<const unsigned char*>(ours.data()),
                                            static_cast<unsigned>(ours.size()), offered, offered_size);
    return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
  }

  // RFC 5077 section 4: name, IV, sealed session, MAC. 0: unknown, so a whole handshake; 2: make a new one.
  static int ticket(SSL* ssl, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher,
                    EVP_MAC_CTX* mac, int sealing) {
    TlsServer& server = server_of(ssl);
    const TimePoint now = server.loop_.now();
    const TicketKeys::Key& present = server.keys_.present(now);
    const TicketKeys::Key* key = &present;
    if (sealing) {
      std::copy(key->name.begin(), key->name.end(), name);
      if (RAND_bytes(iv, EVP_CIPHER_get_iv_length(EVP_aes_256_cbc())) != 1) return -1;
    } else {
      key = server.keys_.find({reinterpret_cast<const char*>(name), present.name.size()}, now);
      if (!key) return 0;
    }
    char digest[] = "SHA256";
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, const_cast<unsigned char*>(key->mac.data()),
                                          key->mac.size()),
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0), OSSL_PARAM_construct_end()};
    const bool ready =
        EVP_MAC_CTX_set_params(mac, params) == 1 &&
        EVP_CipherInit_ex(cipher, EVP_aes_256_cbc(), nullptr, key->cipher.data(), iv, sealing) == 1;
    if (!ready) return -1;
    return sealing || key == &present ? 1 : 2;
  }
};

TlsServer::TlsServer(Loop& loop, TicketKeys keys, std::vector<std::string> protocols, Choose choose)
    : loop_(loop),
      keys_(std::move(keys)),
      protocols_(alpn_of(protocols)),
      choose_(std::move(choose)),
      context_(make_context(TLS_server_method())) {
  SSL_CTX* const to = context_.get();
  SSL_CTX_set_app_data(to, this);
  SSL_CTX_set_cert_cb(to, Callbacks::certificate, nullptr);
  SSL_CTX_set_tlsext_servername_callback(to, Callbacks::server_name);
  SSL_CTX_set_alpn_select_cb(to, Callbacks::protocol, this);
  SSL_CTX_set_tlsext_ticket_key_evp_cb(to, Callbacks::ticket);
  SSL_CTX_set_timeout(to, std::chrono::duration_cast<std::chrono::seconds>(kTicketLife).count());
  SSL_CTX_set_num_tickets(to, 1);
  const unsigned char kind[] = "hancock";
  SSL_CTX_set_session_id_context(to, kind, sizeof kind);
}

Result<std::shared_ptr<const TlsClient>> TlsClient::make(TlsClientOptions options) {
  TlsContextPtr context = make_context(TLS_client_method());
  const std::string offered = alpn_of(options.protocols);
  if (!offered.empty())
    SSL_CTX_set_alpn_protos(context.get(), reinterpret_cast<const unsigned char*>(offered.data()),
                            static_cast<unsigned>(offered.size()));
  if (options.verify) {
    ERR_clear_error();
    const int loaded = options.ca.empty() ? SSL_CTX_set_default_verify_paths(context.get())
                                          : SSL_CTX_load_verify_file(context.get(), options.ca.c_str());
    if (loaded != 1)
      return fail(ErrorCode::kInvalid, "{}: {}", options.ca, take_tls_error("no certificates in it"));
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  }
  return std::shared_ptr<const TlsClient>(new TlsClient(std::move(context), options.verify));
}

}  // namespace hancock::io
