#include "slardar/admin/answers.h"

#include <nlohmann/json.hpp>

#include "slardar/admin/upstream_body.h"

namespace hancock::slardar {
namespace {

using OrderedJson = nlohmann::ordered_json;

int status_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalid:
    case ErrorCode::kUnsupported:
    case ErrorCode::kNotFound:  // as callers of old know it
      return 400;
    case ErrorCode::kConflict:
      return 412;
    case ErrorCode::kTooLarge:
      return 413;
    case ErrorCode::kUnavailable:
    case ErrorCode::kTimeout:
    case ErrorCode::kCancelled:
      return 503;
    default:
      return 500;
  }
}

http::Response said(int status, const OrderedJson& body) {
  return document(status, body.dump(-1, ' ', false, OrderedJson::error_handler_t::replace) + "\n");
}

}  // namespace

http::Response document(int status, std::string body, std::string_view type) {
  http::Headers headers;
  headers.set("Content-Type", type);
  headers.set("Cache-Control", "no-store");
  headers.set("X-Content-Type-Options", "nosniff");
  return http::Response(status, std::move(body), std::move(headers));
}

http::Response plain(int status, std::string_view text) {
  return document(status, std::string(text) + "\n", "text/plain");
}

http::Response refusal(int status, std::string_view message) {
  return said(status, OrderedJson{{"status", status}, {"msg", message}});
}

http::Response refusal(const Error& error) {
  const int status = status_of(error.code);
  OrderedJson body{{"status", status}, {"msg", said_of(error)}};
  if (!error.field.empty()) body["field"] = error.field;
  http::Response response = said(status, body);
  if (error.code == ErrorCode::kCancelled) response.headers.set("Retry-After", "1");
  return response;
}

http::Response wrong_method(std::string_view allowed) {
  http::Response response = refusal(405, "method not allowed");
  response.headers.set("Allow", allowed);
  return response;
}

}  // namespace hancock::slardar
