// Bootstrap: what a new cluster needs before anybody can use it: the operator's and the Agents' tokens, and
// the tenant `default`.
//
// The tokens themselves lie in files beside the first Master, 0600, written once; the store has their hashes.
// Each step is safe to repeat: a start that died between the two goes on with the files that it finds.
#pragma once

#include "base/clock.h"
#include "base/error.h"
#include "master/core/change.h"
#include "master/core/state.h"
#include "master/data_folder.h"

namespace hancock::master {

struct TokenPair {
  std::string operators;
  std::string agents;
};

/// The tokens of this cluster: read from their files, or made and written.
Result<TokenPair> ensure_tokens(const DataPaths& paths);

/// What the store lacks of tokens and tenant; an empty Change when nothing does. Pure.
Change bootstrap(const State& state, const TokenPair& tokens, WallTime now);

}  // namespace hancock::master
