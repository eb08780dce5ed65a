// The traceparent field of W3C Trace Context (level 1): read, and made for requests that have none.
//
// A gateway that reports no spans hands on what it got, unchanged, and tracestate with it: a new parent id
// would be that of a span nobody ever shows (section 3.3.1 of the document: it MAY be changed; 3.3.1.3: who
// does not change it leaves tracestate alone). A field that cannot be read counts as absent: then tracestate
// goes too, and a new trace begins. Pure; any thread.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "base/random.h"
#include "http/message_view.h"

namespace hancock::slardar {

/// What becomes of requests without a usable traceparent; config key `traceparent`.
enum class TraceStart { kUnsampled, kSampled, kPass };

/// "00-<trace id>-<parent id>-<flags>"; also of versions to come, which may be longer.
bool is_traceparent(std::string_view value);

/// The request's own; nullopt when it has none that counts, or several.
std::optional<std::string_view> traceparent_of(const http::RequestView& head);

/// The 32 digits after the version.
inline std::string_view trace_id_of(std::string_view traceparent) { return traceparent.substr(3, 32); }

using TraceParentText = std::array<char, 55>;
TraceParentText make_traceparent(Random& random, bool sampled);

}  // namespace hancock::slardar
