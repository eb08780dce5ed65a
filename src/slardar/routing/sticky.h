// Sticky: the same client gets the same Version of a split, whichever gateway and worker he comes to.
//
// Nothing is remembered: the choice follows from the value of his cookie or header alone, by weighted
// rendezvous hashing (Schindelhauer and Schomaker, 2005; the score is -weight / ln(u)). A Version whose
// weight grows takes clients over from the others, and no client moves between two others. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/message_view.h"

namespace hancock::slardar {

struct Sticky {
  enum class Kind { kNone, kCookie, kHeader };
  Kind kind = Kind::kNone;
  std::string name;
  friend bool operator==(const Sticky&, const Sticky&) = default;
};

/// "cookie:NAME" or "header:NAME"; anything else is kNone.
Sticky parse_sticky(std::string_view text);

/// What a client's choices follow from.
using ClientHash = uint64_t;
/// The same in every process and build.
ClientHash hash_of_client(std::string_view value);

/// What the client is known by; nullopt when he sent nothing of it.
std::optional<std::string_view> client_value(const Sticky& sticky, const http::RequestView& head);

/// The Set-Cookie that makes a new client known: it ends with his session, and is not for scripts.
std::string set_cookie(const Sticky& sticky, std::string_view value, bool secure);

/// Of all Versions the one with the highest score is the client's.
double share_score(ClientHash client, uint32_t version, uint64_t weight);

}  // namespace hancock::slardar
