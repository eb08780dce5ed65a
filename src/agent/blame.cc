#include "agent/blame.h"

#include <initializer_list>
#include <string_view>

namespace hancock::agent {
namespace {

bool contains_any(const std::string& text, std::initializer_list<std::string_view> words) {
  for (const std::string_view word : words) {
    if (text.find(word) != std::string::npos) return true;
  }
  return false;
}

bool is_the_runtimes(const Error& error) {
  return error.code == ErrorCode::kUnavailable || error.code == ErrorCode::kTimeout ||
         error.code == ErrorCode::kCancelled;
}

/// Drops `start` … `"X": ` from the front, as containerd puts it before the cause.
void drop_quoted(std::string& text, std::string_view start) {
  if (!text.starts_with(start)) return;
  const size_t end = text.find("\": ", start.size());
  if (end != std::string::npos) text.erase(0, end + 3);
}

}  // namespace

Blame blame_of_pull(const Error& error) {
  if (is_the_runtimes(error)) return Blame::kOthers;
  if (error.code == ErrorCode::kNotFound || error.code == ErrorCode::kDenied) return Blame::kHopeless;
  // The registry's words, as containerd passes them on; anything else (refused connections, 5xx, DNS) may
  // pass.
  return contains_any(error.message,
                      {"invalid reference format", "authorization failed", "insufficient_scope",
                       "pull access denied", "no match for platform", "unexpected media type",
                       "unsupported media type", "401 Unauthorized", "403 Forbidden"})
             ? Blame::kHopeless
             : Blame::kOthers;
}

std::string explain_pull(const std::string& image, const Error& error) {
  std::string cause = error.message;
  if (!is_the_runtimes(error)) {
    drop_quoted(cause, "failed to pull and unpack image \"");
    drop_quoted(cause, "failed to resolve reference \"");
    drop_quoted(cause, "failed to parse image reference \"");
    if (cause.starts_with(image + ": ")) cause.erase(0, image.size() + 2);
  } else if (error.code == ErrorCode::kTimeout) {
    cause = "it takes too long: its registry does not answer or sends too slowly";
  }
  return "image " + image + " cannot be pulled: " + cause;
}

std::string explain_prepare(const Error& error) {
  return is_the_runtimes(error) ? error.message : "its sandbox cannot be made: " + error.message;
}

Blame blame_of_start(const Error& error) {
  if (is_the_runtimes(error)) return Blame::kOthers;
  if (contains_any(error.message, {"executable file not found", "exec: \"", "unable to find user",
                                   "/etc/passwd: no such file", "no users found", "no command specified"})) {
    return Blame::kHopeless;
  }
  // A Node that is full, or a runtime that is just being ended, is no fault of the Task's.
  if (contains_any(error.message, {"no space left on device", "cannot allocate memory", "too many open files",
                                   "resource temporarily unavailable", "context canceled", "ttrpc: closed",
                                   "read-only file system", "connection refused", "broken pipe"})) {
    return Blame::kOthers;
  }
  return contains_any(error.message,
                      {"OCI runtime", "unable to start container process", "failed to generate"})
             ? Blame::kTask
             : Blame::kOthers;
}

std::string explain_start(const Error& error) {
  if (is_the_runtimes(error)) return error.message;
  std::string cause = error.message;
  if (cause.find("/etc/passwd: no such file") != std::string::npos) {
    return "its container cannot be started: the image has no /etc/passwd to look its user's name up in";
  }
  // runc's own words come last: `… unable to start container process: exec: "nope": executable file not
  // found`.
  for (const std::string_view before :
       {"unable to start container process: ", "OCI runtime create failed: "}) {
    const size_t found = cause.find(before);
    if (found != std::string::npos) cause.erase(0, found + before.size());
  }
  constexpr std::string_view kUnknown = ": unknown";
  if (cause.ends_with(kUnknown)) cause.erase(cause.size() - kUnknown.size());
  return "its container cannot be started: " + cause;
}

}  // namespace hancock::agent
