// What a field of an HTTP/2 head has to be (RFC 9113 section 8.2). Pure functions; any thread.
#pragma once

#include "http/message_view.h"
#include "http/parse_error.h"

namespace hancock::slardar {

/// Name in lower case, value without control bytes and blanks around it.
http::Check check_http2_field(std::string_view name, std::string_view value);

/// Fields that HTTP/1 has for its connections, and HTTP/2 forbids; TE too, unless it says `trailers`.
bool is_of_connection(const http::FieldView& field);

}  // namespace hancock::slardar
