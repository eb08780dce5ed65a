// BalanceScript: a `balance.<name>` record's code in one worker: chooses the server of a try (docs/lua.md).
// Worker's thread only.
#pragma once

#include <optional>
#include <span>

#include "slardar/balance/balancer.h"
#include "slardar/lua/lua_program.h"
#include "slardar/upstream/peer.h"

namespace hancock::slardar {

/// One choice as a balancer's code sees it: among the servers of one level.
struct BalanceView {
  std::span<const Weighted> servers;
  std::span<Peer* const> peers;  // the same ones
  const Choice& choice;

  bool is_usable(size_t place) const { return servers[place].weight > 0 && !choice.leaves_out(place); }
};

class BalanceScript final : public LuaProgram {
 public:
  using LuaProgram::LuaProgram;

  Result<void> load() override;
  /// The place of a usable server; nullopt: it leaves the choice to others. kInvalid: an error of the code's,
  /// or a server that is not usable; kTooLarge: it was stopped.
  Result<std::optional<size_t>> pick(const BalanceView& view);

 private:
  friend struct BalanceApi;
  const BalanceView* view_ = nullptr;  // while it is asked
};

}  // namespace hancock::slardar
