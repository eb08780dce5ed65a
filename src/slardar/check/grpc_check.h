// What a check says to a gRPC server and what it reads in the answer: messages of grpc.health.v1, by hand
// (github.com/grpc/grpc/blob/master/doc/health-checking.md). Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace hancock::slardar {

/// HealthCheckRequest{service}, with gRPC's head of a message.
std::string grpc_health_request(std::string_view service);
/// Errors: kUnavailable "NOT_SERVING", kInvalid what is no such message.
Result<void> read_grpc_health(std::string_view message);

}  // namespace hancock::slardar
