// JSON strings. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace hancock::model {

/// `text` with its quotes. Bytes that are not UTF-8 (a program's output in a message) become U+FFFD.
void append_json_string(std::string& out, std::string_view text);
std::string json_string(std::string_view text);

}  // namespace hancock::model
