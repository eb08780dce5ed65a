// Handover: what two processes of one gateway say to each other while the newer one takes over (`--upgrade`).
//
//   old -> new   greeting: who it is, and what it seals tickets with
//   new -> old   ready: it has read the Registry and could serve
//   old -> new   sockets: what it listens on, each with its address; the last such message has none
//   new -> old   taken: the addresses it listens on; then: serving
//   old          drains; its connection's end is its own
//   old -> new   serves on, at any time: it waits for the new one no longer, which is to end
//
// Until `serving` the old one serves as ever; whoever ends first leaves the other one serving. Messages are
// JSON, one each, over an io::MessageSocket. Values only; pure.
#pragma once

#include <sys/types.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/unique_fd.h"
#include "io/address.h"
#include "io/message_socket.h"
#include "io/tls_tickets.h"

namespace hancock::slardar {

/// Listening sockets by address (io::Address::to_string); of one address as many as there were workers.
using Sockets = std::multimap<std::string, UniqueFd>;

/// Where a gateway waits for its successor.
std::string handover_name(const io::Address& admin);
/// Under which address the socket of that place itself is handed over.
inline constexpr std::string_view kHandoverSocket = "handover";

struct HandoverGreeting {
  std::string id;  // in the Registry
  pid_t pid = 0;
  io::TicketKeys::State tickets;
};
std::string encode(const HandoverGreeting& greeting);
Result<HandoverGreeting> decode_greeting(std::string_view text);

struct HandoverStep {
  enum class Kind { kReady, kSockets, kTaken, kServing, kServesOn };
  static constexpr size_t kAddressesMax = io::MessageSocket::kDescriptorsMax;  // in one message

  HandoverStep() = default;
  explicit HandoverStep(Kind which, std::vector<std::string> of = {})
      : kind(which), addresses(std::move(of)) {}

  Kind kind = Kind::kReady;
  std::vector<std::string> addresses;
};
std::string encode(const HandoverStep& step);
Result<HandoverStep> decode_step(std::string_view text);

}  // namespace hancock::slardar
