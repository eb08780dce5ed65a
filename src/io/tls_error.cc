#include "io/tls_error.h"

#include <openssl/err.h>

namespace hancock::io {

std::string take_tls_error(const std::string& otherwise) {
  const unsigned long code = ERR_peek_error();
  ERR_clear_error();
  if (code == 0) return otherwise;
  if (const char* const reason = ERR_reason_error_string(code)) return reason;
  return otherwise;
}

}  // namespace hancock::io
