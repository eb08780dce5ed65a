// TlsRecord: the value of tls/<name>: a certificate chain with its key, by which gateways speak TLS. Values
// only.
#pragma once

#include <string>
#include <string_view>

#include "io/tls_certificate.h"

namespace hancock::slardar {

struct TlsRecord {
  io::CertificatePtr certificate;
  friend bool operator==(const TlsRecord& a, const TlsRecord& b) {
    return a.certificate->digest() == b.certificate->digest();
  }
};

/// `{"chain": PEM, "key": PEM}`; other members are left to who knows them. A key that is sealed would stand
/// in `sealed_key`: kUnsupported. Errors: kInvalid with the field.
Result<TlsRecord> decode_tls(std::string_view text);

}  // namespace hancock::slardar
