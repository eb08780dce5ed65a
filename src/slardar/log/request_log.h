// What of a request goes into the access log. Worker's thread only.
#pragma once

#include "slardar/http/request.h"

namespace hancock::slardar {

/// Its worker has an access log. `peer`: that was tried last, "" for none.
void log_request(const Request& request, const Labels& labels, std::string_view peer);

}  // namespace hancock::slardar
