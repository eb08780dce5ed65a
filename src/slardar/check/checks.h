// The kinds of checks, by the names that `typ` has: an explicit table, a file for each kind. Any thread.
#pragma once

#include <string_view>

#include "slardar/check/check_kind.h"

namespace hancock::slardar {

/// A connection can be made.
io::Async<Result<CheckFacts>> check_tcp(io::Loop& loop, const CheckTarget& target,
                                        const CheckOptions& options, TimePoint deadline);
/// The answer to `query` has a status that is not among the bad ones.
io::Async<Result<CheckFacts>> check_http(io::Loop& loop, const CheckTarget& target,
                                         const CheckOptions& options, TimePoint deadline);
/// PING is answered; INFO tells the facts. `password`, and `user` with it, log in before.
io::Async<Result<CheckFacts>> check_redis(io::Loop& loop, const CheckTarget& target,
                                          const CheckOptions& options, TimePoint deadline);
/// `user` can log in, to the database `name` if there is one. Without a user any server that could be logged
/// in to is well.
io::Async<Result<CheckFacts>> check_mysql(io::Loop& loop, const CheckTarget& target,
                                          const CheckOptions& options, TimePoint deadline);
/// grpc.health.v1.Health/Check says SERVING, of the service `name` ("": of the whole server).
io::Async<Result<CheckFacts>> check_grpc(io::Loop& loop, const CheckTarget& target,
                                         const CheckOptions& options, TimePoint deadline);

/// Empty when the table has no such kind.
CheckRun find_check(std::string_view kind);
/// It is one of the table's, or of Lua's: "check.NAME", whether there is such code now or not.
bool is_check_kind(std::string_view kind);

}  // namespace hancock::slardar
