// UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing above U+10FFFF. Pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace hancock::model {

/// Length of the sequence at the front of `text` (1 to 4 bytes); 0 when there is none.
size_t utf8_length(std::string_view text);

/// `code_point` must be one: below 0x110000 and no surrogate.
void append_utf8(std::string& out, uint32_t code_point);

}  // namespace hancock::model
