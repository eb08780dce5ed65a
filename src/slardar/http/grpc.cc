#include "slardar/http/grpc.h"

#include "http/characters.h"

namespace hancock::slardar {

bool is_grpc(const http::RequestView& head) {
  constexpr std::string_view kType = "application/grpc";
  const std::string_view type = head.get("content-type").value_or("");
  if (!http::same_name(type.substr(0, kType.size()), kType)) return false;
  return type.size() == kType.size() || type[kType.size()] == '+' || type[kType.size()] == ';';
}

// As gRPC maps HTTP's statuses (its document "HTTP to gRPC Status Code Mapping"), but where we know more:
// UNAVAILABLE says that a client may try again, and after a peer has had the request for long he should not.
std::string_view grpc_status_of(Failure failure) {
  switch (failure) {
    case Failure::kNoRoute:
      return "12";  // UNIMPLEMENTED
    case Failure::kHeadTimeout:
    case Failure::kIdleTimeout:
      return "4";  // DEADLINE_EXCEEDED
    case Failure::kBodyTooLarge:
    case Failure::kHeadTooLarge:
    case Failure::kLimited:
      return "8";  // RESOURCE_EXHAUSTED
    case Failure::kBadRequest:
    case Failure::kBadResponse:
    case Failure::kScriptError:
      return "13";  // INTERNAL
    default:
      return "14";  // UNAVAILABLE
  }
}

}  // namespace hancock::slardar
