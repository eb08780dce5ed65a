// Api: from an HTTP request to its handler: path, token, whether this Master may answer now, tenant.
//
// Loop's thread only; the context outlives it.
#pragma once

#include "master/api/call.h"
#include "master/api/router.h"

namespace hancock::master::api {

class Api {
 public:
  explicit Api(Context& context) : context_(context) {}

  /// For http::Server: answers every request exactly once.
  io::Async<void> handle(http::Exchange& exchange);

 private:
  std::optional<Problem> check_token(Access access, const http::RequestHead& request, Principal& who) const;
  io::Async<std::optional<Problem>> check_ready(const http::RequestHead& request);
  std::optional<Problem> check_tenant(Call& call) const;

  Context& context_;
};

/// Why this Master cannot answer from what it leads; nullopt when it can.
std::optional<Problem> why_not_leading(const Context& context);

}  // namespace hancock::master::api
