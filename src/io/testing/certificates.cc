#include "io/testing/certificates.h"

#include <arpa/inet.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdlib>

namespace hancock::io::testing {
namespace {

long serial = 1;

std::string text_of(BIO* bio) {
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(bio, &bytes);
  std::string text(bytes, static_cast<size_t>(size));
  BIO_free(bio);
  return text;
}

std::string pem_of(X509* certificate) {
  BIO* const bio = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(bio, certificate);
  return text_of(bio);
}

std::string pem_of(EVP_PKEY* key) {
  BIO* const bio = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr);
  return text_of(bio);
}

void extend(X509* certificate, X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
  if (!extension) std::abort();
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

X509* unsigned_certificate(EVP_PKEY* key, const std::string& name, Duration lasts) {
  X509* const made = X509_new();
  X509_set_version(made, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(made), serial++);
  X509_gmtime_adj(X509_getm_notBefore(made), -30L * 24 * 3600);
  X509_gmtime_adj(X509_getm_notAfter(made), std::chrono::duration_cast<std::chrono::seconds>(lasts).count());
  X509_set_pubkey(made, key);
  const auto* const bytes = reinterpret_cast<const unsigned char*>(name.c_str());
  X509_NAME_add_entry_by_txt(X509_get_subject_name(made), "CN", MBSTRING_ASC, bytes, -1, -1, 0);
  return made;
}

std::string alternative(const std::string& name) {
  unsigned char address[16];
  const bool is_ip =
      inet_pton(AF_INET, name.c_str(), address) == 1 || inet_pton(AF_INET6, name.c_str(), address) == 1;
  return (is_ip ? "IP:" : "DNS:") + name;
}

}  // namespace

struct TestCa::Parts {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = unsigned_certificate(key, "a CA of tests", 24h);
  ~Parts() {
    X509_free(certificate);
    EVP_PKEY_free(key);
  }
};

TestCa::TestCa() : parts_(std::make_unique<Parts>()) {
  X509* const own = parts_->certificate;
  X509_set_issuer_name(own, X509_get_subject_name(own));
  extend(own, own, NID_basic_constraints, "critical,CA:TRUE");
  extend(own, own, NID_key_usage, "critical,keyCertSign,cRLSign");
  X509_sign(own, parts_->key, EVP_sha256());
  pem_ = pem_of(own);
}

TestCa::~TestCa() = default;

PemPair TestCa::issue(const std::vector<std::string>& names, Duration lasts) {
  EVP_PKEY* const key = EVP_EC_gen("P-256");
  X509* const made = unsigned_certificate(key, names.empty() ? "nobody" : names.front(), lasts);
  X509_set_issuer_name(made, X509_get_subject_name(parts_->certificate));
  std::string all;
  for (const std::string& name : names) all += (all.empty() ? "" : ",") + alternative(name);
  if (!all.empty()) extend(made, parts_->certificate, NID_subject_alt_name, all);
  X509_sign(made, parts_->key, EVP_sha256());
  PemPair pair{pem_of(made) + pem_, pem_of(key)};
  X509_free(made);
  EVP_PKEY_free(key);
  return pair;
}

}  // namespace hancock::io::testing
