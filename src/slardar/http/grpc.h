// What gRPC has of its own over HTTP/2: how a failure of the gateway's is said to its clients. Pure; any
// thread.
#pragma once

#include "http/message_view.h"
#include "slardar/http/failure.h"

namespace hancock::slardar {

/// The request is a call of gRPC (not of gRPC-Web, whose failures are HTTP's), by its Content-Type.
bool is_grpc(const http::RequestView& head);

/// The grpc-status of a failure: "14" (UNAVAILABLE), …
std::string_view grpc_status_of(Failure failure);

}  // namespace hancock::slardar
