#include "io/tls_certificate.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <ctime>

#include "base/encoding.h"
#include "io/tls_error.h"

namespace hancock::io {
namespace {

constexpr size_t kChainMax = 20;
constexpr size_t kPemBytesMax = 256 << 10;

template <auto kFree>
struct Free {
  template <class T>
  void operator()(T* thing) const {
    kFree(thing);
  }
};
using BioPtr = std::unique_ptr<BIO, Free<BIO_free>>;
using X509Ptr = std::unique_ptr<X509, Free<X509_free>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using ContextPtr = std::unique_ptr<SSL_CTX, Free<SSL_CTX_free>>;

BioPtr reader_of(std::string_view pem) {
  return BioPtr(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
}

int no_password(char*, int, int, void*) { return -1; }

std::string lowered(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return result;
}

std::string text_of(const ASN1_STRING* string) {
  const auto* const bytes = reinterpret_cast<const char*>(ASN1_STRING_get0_data(string));
  return {bytes, static_cast<size_t>(ASN1_STRING_length(string))};
}

std::string ip_of(const ASN1_STRING* string) {
  const std::string bytes = text_of(string);
  char text[INET6_ADDRSTRLEN] = "";
  if (bytes.size() == 4) inet_ntop(AF_INET, bytes.data(), text, sizeof text);
  if (bytes.size() == 16) inet_ntop(AF_INET6, bytes.data(), text, sizeof text);
  return text;
}

std::vector<std::string> names_of(X509* certificate) {
  std::vector<std::string> names;
  auto* const all =
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
  for (int i = 0; i < sk_GENERAL_NAME_num(all); ++i) {
    const GENERAL_NAME* const name = sk_GENERAL_NAME_value(all, i);
    if (name->type == GEN_DNS) names.push_back(lowered(text_of(name->d.dNSName)));
    if (name->type == GEN_IPADD) names.push_back(ip_of(name->d.iPAddress));
  }
  GENERAL_NAMES_free(all);
  if (!names.empty()) return names;
  X509_NAME* const subject = X509_get_subject_name(certificate);
  const int place = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (place >= 0)
    names.push_back(lowered(text_of(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, place)))));
  return names;
}

WallTime time_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return {};
  return WallTime(std::chrono::seconds(timegm(&parts)));
}

}  // namespace

struct Certificate::Parts {
  X509Ptr leaf;
  std::vector<X509Ptr> above;
  KeyPtr key;
};

Certificate::Certificate(std::unique_ptr<Parts> parts)
    : parts_(std::move(parts)),
      names_(names_of(parts_->leaf.get())),
      not_after_(time_of(X509_get0_notAfter(parts_->leaf.get()))) {}

Certificate::~Certificate() = default;

Result<CertificatePtr> Certificate::of_pem(std::string_view chain, std::string_view key) {
  if (chain.size() > kPemBytesMax || key.size() > kPemBytesMax)
    return fail(ErrorCode::kInvalid, "longer than {} bytes", kPemBytesMax);
  ERR_clear_error();
  auto parts = std::make_unique<Parts>();
  const BioPtr chain_reader = reader_of(chain);
  parts->leaf.reset(PEM_read_bio_X509_AUX(chain_reader.get(), nullptr, no_password, nullptr));
  if (!parts->leaf)
    return fail(ErrorCode::kInvalid, "chain: no certificate in it: {}", take_tls_error("broken PEM"));
  while (X509* const next = PEM_read_bio_X509(chain_reader.get(), nullptr, no_password, nullptr)) {
    parts->above.emplace_back(next);
    if (parts->above.size() > kChainMax)
      return fail(ErrorCode::kInvalid, "chain: more than {} certificates", kChainMax);
  }
  // The end of the text is an error to OpenSSL too, but one of its own.
  if (ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE)
    return fail(ErrorCode::kInvalid, "chain: {}", take_tls_error("broken PEM"));
  ERR_clear_error();
  const BioPtr key_reader = reader_of(key);
  parts->key.reset(PEM_read_bio_PrivateKey(key_reader.get(), nullptr, no_password, nullptr));
  if (!parts->key) {
    ERR_clear_error();
    return fail(ErrorCode::kInvalid, "key: no private key that can be read without a password");
  }
  if (X509_check_private_key(parts->leaf.get(), parts->key.get()) != 1) {
    ERR_clear_error();
    return fail(ErrorCode::kInvalid, "the key is not that of the chain's first certificate");
  }
  auto made = std::shared_ptr<Certificate>(new Certificate(std::move(parts)));
  made->digest_ = sha256_hex(std::string(chain) + '\0' + std::string(key));
  // What a connection would be refused for, said now: a key that is too short.
  const ContextPtr context(SSL_CTX_new(TLS_server_method()));
  const std::unique_ptr<SSL, Free<SSL_free>> trial(SSL_new(context.get()));
  if (!made->install(trial.get())) return fail(ErrorCode::kInvalid, "{}", take_tls_error("not fit for TLS"));
  return CertificatePtr(std::move(made));
}

bool Certificate::install(ssl_st* ssl) const {
  STACK_OF(X509)* const above = sk_X509_new_null();
  for (const X509Ptr& each : parts_->above) sk_X509_push(above, each.get());
  const bool done = SSL_use_cert_and_key(ssl, parts_->leaf.get(), parts_->key.get(), above, 1) == 1;
  sk_X509_free(above);
  return done;
}

bool Certificate::covers(std::string_view host) const {
  const std::string name = lowered(host);
  const size_t dot = name.find('.');
  return std::any_of(names_.begin(), names_.end(), [&](const std::string& each) {
    if (each == name) return true;
    return each.starts_with("*.") && dot != std::string::npos && dot > 0 &&
           name.compare(dot, std::string::npos, each, 1) == 0;
  });
}

}  // namespace hancock::io
