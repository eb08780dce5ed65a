#include "base/error.h"

#include <cerrno>
#include <system_error>

namespace hancock {

std::string_view to_string(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalid:
      return "invalid";
    case ErrorCode::kUnsupported:
      return "unsupported";
    case ErrorCode::kNotFound:
      return "not_found";
    case ErrorCode::kConflict:
      return "conflict";
    case ErrorCode::kDenied:
      return "denied";
    case ErrorCode::kTooLarge:
      return "too_large";
    case ErrorCode::kUnavailable:
      return "unavailable";
    case ErrorCode::kTimeout:
      return "timeout";
    case ErrorCode::kCancelled:
      return "cancelled";
    case ErrorCode::kClosed:
      return "closed";
    case ErrorCode::kGone:
      return "gone";
    case ErrorCode::kInternal:
      return "internal";
  }
  return "internal";
}

namespace {

ErrorCode code_of(int error_number) {
  switch (error_number) {
    case ENOENT:
      return ErrorCode::kNotFound;
    case EEXIST:
    case EADDRINUSE:
      return ErrorCode::kConflict;
    case EACCES:
    case EPERM:
      return ErrorCode::kDenied;
    case ETIMEDOUT:
      return ErrorCode::kTimeout;
    case ECONNREFUSED:
    case ENETUNREACH:
    case EHOSTUNREACH:
      return ErrorCode::kUnavailable;
    case ECONNRESET:
    case EPIPE:
      return ErrorCode::kClosed;
    case EINVAL:
    case EAFNOSUPPORT:
      return ErrorCode::kInvalid;
    default:
      return ErrorCode::kInternal;
  }
}

}  // namespace

Error errno_error(int error_number, std::string_view what) {
  // generic_category().message() is thread-safe where strerror is not.
  return Error{
      code_of(error_number), fmt::format("{}: {}", what, std::generic_category().message(error_number)), {}};
}

}  // namespace hancock
