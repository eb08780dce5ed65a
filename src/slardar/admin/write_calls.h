// What the admin API's calls that write have in common: how they read what they are sent, and how they say
// what has come of it. Control thread.
#pragma once

#include <optional>
#include <string>

#include "http/server.h"
#include "slardar/admin/record_writer.h"

namespace hancock::slardar {

/// All of a request's body. kTooLarge ("body too big") past 1 MiB; else kInvalid.
io::Async<Result<std::string>> read_body(http::Exchange& exchange);

/// 200, or 202 when it is not live yet, with the revision.
http::Response answer_of(const Written& written);

/// With the record's revision as its ETag, where it has one.
http::Response tagged(http::Response response, std::optional<store::Revision> revision);

}  // namespace hancock::slardar
