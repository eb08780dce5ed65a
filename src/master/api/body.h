// The small JSON bodies of writes, read strictly: what is unknown, repeated or of another type is refused.
// Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <tl/expected.hpp>

#include "base/clock.h"
#include "master/api/problem.h"

namespace hancock::master::api {

/// `{"replicas":N}`.
tl::expected<int64_t, Problem> parse_replicas(std::string_view body);
/// `{"version":N}`; 0: nothing, or `{}`.
tl::expected<uint32_t, Problem> parse_version(std::string_view body);
/// `{"deadline":"5m"}`; none: nothing, or `{}`.
tl::expected<std::optional<Duration>, Problem> parse_deadline(std::string_view body);
/// Nothing, or `{}`.
std::optional<Problem> check_empty(std::string_view body);
/// Whether an Agent sent `{"errors":[…]}` in the place of a log, and what it says: code and message of the
/// first.
std::optional<Mistake> parse_refusal(std::string_view body);

}  // namespace hancock::master::api
