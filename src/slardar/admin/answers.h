// What the admin API's answers look like. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "http/server.h"

namespace hancock::slardar {

http::Response document(int status, std::string body, std::string_view type = "application/json");
http::Response plain(int status, std::string_view text);

/// {"status":N,"msg":"…"}
http::Response refusal(int status, std::string_view message);
/// The same with the field, where the error names one, and the status that its code stands for.
http::Response refusal(const Error& error);
/// 405, with `allowed` in the field Allow.
http::Response wrong_method(std::string_view allowed);

}  // namespace hancock::slardar
