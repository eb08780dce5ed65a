// Error: why something did not happen, as a value. Result<T>: a value or an Error.
//
// Peer, user and operating-system errors travel as Result; a broken invariant aborts. No exception crosses a
// folder's boundary: a library that throws is wrapped where it is called.
#pragma once

#include <fmt/core.h>

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace hancock {

enum class ErrorCode {
  kInvalid,      // the caller's input is wrong; `field` says where
  kUnsupported,  // right, but not supported yet
  kNotFound,
  kConflict,     // a compare failed, or the thing exists already
  kDenied,       // not allowed: token or authority
  kTooLarge,     // a named limit was passed
  kUnavailable,  // the other side is down or refuses; worth a retry
  kTimeout,      // a deadline passed
  kCancelled,    // we ended it ourselves
  kClosed,       // the connection ended where a message was expected
  kGone,         // asked for history that is no longer kept
  kInternal,     // a fault of ours, or an answer that makes no sense
};

/// Short stable name, as used in API answers and logs: "invalid", "not_found", …
std::string_view to_string(ErrorCode code);

struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;  // for people; names the thing and the value
  std::string field;    // path of the offending field where there is one: "services.web.ports[0].port"
};

template <class T>
using Result = tl::expected<T, Error>;

template <class... Args>
[[nodiscard]] tl::unexpected<Error> fail(ErrorCode code, fmt::format_string<Args...> format, Args&&... args) {
  return tl::unexpected(Error{code, fmt::format(format, std::forward<Args>(args)...), {}});
}

/// Passes an error on under another Result type: `if (!r) return forward_error(r);`
template <class T>
[[nodiscard]] tl::unexpected<Error> forward_error(Result<T>& result) {
  return tl::unexpected(std::move(result.error()));
}

/// The same with a word of context before the message.
template <class T>
[[nodiscard]] tl::unexpected<Error> forward_error(Result<T>& result, std::string_view context) {
  Error error = std::move(result.error());
  error.message = fmt::format("{}: {}", context, error.message);
  return tl::unexpected(std::move(error));
}

/// An Error from errno: code by kind, message "<what>: <strerror>".
Error errno_error(int error_number, std::string_view what);

}  // namespace hancock
