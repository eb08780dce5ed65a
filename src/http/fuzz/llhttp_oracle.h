// llhttp's reading of a message, in its strict mode.
#pragma once

#include "http/fuzz/reading.h"

namespace hancock::http {

/// `reason` holds llhttp's error name ("HPE_INVALID_METHOD").
Reading read_message_with_llhttp(std::string_view input);

}  // namespace hancock::http
