#include "http/fuzz/differential.h"

#include "http/fuzz/llhttp_oracle.h"
#include "http/message.h"

namespace hancock::http {
namespace {

using Outcome = Reading::Outcome;

struct KnownDifference {
  const char* why;
  bool (*applies)(std::string_view input, const Reading& ours, const Reading& theirs);
};

// llhttp points at the byte, or behind it when it had taken it already.
bool stumbled_over(char c, std::string_view input, const Reading& theirs) {
  return input.substr(theirs.bad_at, 1) == std::string_view(&c, 1) ||
         (theirs.bad_at > 0 && input[theirs.bad_at - 1] == c);
}

// What we take and llhttp does not, on purpose.
constexpr KnownDifference kKnown[] = {
    {"llhttp knows a fixed set of methods; any token is a method (RFC 9110 section 9.1)",
     [](std::string_view, const Reading&, const Reading& theirs) {
       return theirs.reason == "HPE_INVALID_METHOD";
     }},
    {"llhttp 8.1 takes no further chunk extension after a plain value: 5;a=b;c (RFC 9112 section 7.1.1)",
     [](std::string_view input, const Reading&, const Reading& theirs) {
       return theirs.reason == "HPE_INVALID_CHUNK_SIZE" && stumbled_over(';', input, theirs);
     }},
    {"llhttp 8.1 takes no escape in a chunk extension's quoted value: 5;a=\"\\\"\" (RFC 9110 section 5.6.4)",
     [](std::string_view input, const Reading&, const Reading& theirs) {
       return theirs.reason == "HPE_STRICT" && stumbled_over('\\', input, theirs);
     }},
    {"llhttp judges a trailer line byte by byte, we when it is complete",
     [](std::string_view input, const Reading& ours, const Reading& theirs) {
       return ours.in_trailers && theirs.outcome == Outcome::kBad && theirs.bad_at > input.rfind('\n');
     }},
};

bool is_known(std::string_view input, const Reading& ours, const Reading& theirs) {
  for (const KnownDifference& known : kKnown) {
    if (known.applies(input, ours, theirs)) return true;
  }
  return false;
}

std::string quoted(const std::string& what, const std::string& ours, const std::string& theirs) {
  return what + ": ours \"" + ours + "\", llhttp's \"" + theirs + "\"";
}

std::optional<std::string> compare(const Reading& ours, const Reading& theirs) {
  if (theirs.outcome == Outcome::kBad) return "llhttp refuses: " + theirs.reason;
  if (!theirs.head_done) return "llhttp still reads the head";
  if (ours.start != theirs.start) return quoted("start line", ours.start, theirs.start);
  if (ours.fields.size() != theirs.fields.size()) return "number of fields";
  for (size_t i = 0; i < ours.fields.size(); ++i) {
    if (ours.fields[i] != theirs.fields[i]) return quoted("field", ours.fields[i], theirs.fields[i]);
  }
  if (ours.until_close != theirs.until_close) return "only one of us reads until the connection closes";
  if (ours.body != theirs.body) return quoted("body", ours.body, theirs.body);
  if (ours.outcome != theirs.outcome) return "only one of us sees the message's end";
  if (ours.outcome == Outcome::kComplete && ours.consumed != theirs.consumed) {
    return quoted("end", std::to_string(ours.consumed), std::to_string(theirs.consumed));
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> find_difference(std::string_view input) {
  const Reading ours = read_message(input);
  if (ours.outcome == Outcome::kBad || !ours.head_done) return std::nullopt;  // nothing claimed
  const Reading theirs = read_message_with_llhttp(input);
  auto difference = compare(ours, theirs);
  if (difference && is_known(input, ours, theirs)) return std::nullopt;
  return difference;
}

}  // namespace hancock::http
