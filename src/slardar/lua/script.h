// Script: a `script.<host>` record's code in one worker: run for each request to that host before it is
// routed (docs/lua.md). Worker's thread only.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "slardar/lua/lua_program.h"
#include "slardar/routing/header_edits.h"
#include "slardar/routing/snapshot.h"
#include "slardar/routing/sticky.h"

namespace hancock::slardar {

/// A request as a script sees it.
struct ScriptView {
  const http::RequestView& head;
  std::string_view host;  // in lower case, without port
  std::string_view path;
  std::string_view client;  // its IP address
  std::string_view scheme;
  std::string_view id;  // X-Request-Id when it came without
  const Snapshot& snapshot;
};

struct ScriptAnswer {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> fields;
  std::string body;
};

/// What a script wants of a request.
struct ScriptWish {
  HeaderEdits request;
  HeaderEdits response;
  std::string upstream;                // an operator's, instead of the host's route; "": none
  std::vector<std::string> levels;     // of its named ones those that are used, in this order; none: all
  uint32_t version = 0;                // of the route's Service; 0: as its split says
  std::optional<ScriptAnswer> answer;  // it goes no further
  bool fail_open = false;              // if the script fails: as though there were none
};

class Script final : public LuaProgram {
 public:
  static constexpr size_t kBodyMax = 256 << 10;

  Script(const LuaCode::Entry& entry, LuaCodePtr code, Random& random);

  Result<void> load() override;
  /// kInvalid: an error of the script's; kTooLarge: it was stopped. `wish` says then only whether it fails
  /// open.
  Result<void> run(const ScriptView& view, ScriptWish& wish);

 private:
  friend struct ScriptApi;

  const ScriptView* view_ = nullptr;  // while it runs
  ScriptWish* wish_ = nullptr;
  Sticky cookie_;         // that is looked for
  std::string argument_;  // that was found
};

}  // namespace hancock::slardar
