// Certificate: a certificate chain with its private key, read from PEM texts and checked against one another,
// and the names it is good for.
//
//   auto made = Certificate::of_pem(chain, key);            // Result<CertificatePtr>
//   (*made)->covers("shop.test");
//
// Immutable once made; any thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"

struct ssl_st;  // OpenSSL's SSL

namespace hancock::io {

class Certificate;
using CertificatePtr = std::shared_ptr<const Certificate>;

class Certificate {
 public:
  /// `chain`: the certificate first, then those above it; the root may be left out. `key`: PKCS #8, RSA or
  /// EC, not encrypted. Errors: kInvalid, saying what is wrong with which of them. One whose time is over is
  /// taken: a visitor's word on it is better than nobody's.
  static Result<CertificatePtr> of_pem(std::string_view chain, std::string_view key);
  ~Certificate();
  Certificate(const Certificate&) = delete;
  Certificate& operator=(const Certificate&) = delete;

  /// DNS names of its SAN in lower case, "*.shop.test" among them, and IP addresses; without a SAN its common
  /// name.
  const std::vector<std::string>& names() const { return names_; }
  /// Whether `host` ("shop.test", in any case, or an IP address) is one of them; a star stands for one label.
  bool covers(std::string_view host) const;
  WallTime not_after() const { return not_after_; }
  /// Of chain and key: another one is another certificate.
  const std::string& digest() const { return digest_; }

  /// Shows it on this connection. False: OpenSSL will not have it.
  bool install(ssl_st* ssl) const;

 private:
  struct Parts;  // of OpenSSL
  explicit Certificate(std::unique_ptr<Parts> parts);

  const std::unique_ptr<Parts> parts_;
  std::vector<std::string> names_;
  WallTime not_after_;
  std::string digest_;
};

}  // namespace hancock::io
