// What OpenSSL says went wrong, in words. Any thread; each has an error queue of its own.
#pragma once

#include <string>

namespace hancock::io {

/// The oldest error in this thread's queue, which is empty then; `otherwise` when there is none.
std::string take_tls_error(const std::string& otherwise);

}  // namespace hancock::io
