// CheckScript: a `check.<name>` record's code: talks with a server in turns, and says whether it is well
// (docs/lua.md). It only chooses what is said; who sends and reads is CheckScripts. Control thread only.
#pragma once

#include "slardar/check/check_kind.h"
#include "slardar/lua/lua_program.h"

namespace hancock::slardar {

/// One turn as a check's code sees it.
struct CheckTurn {
  const CheckTarget& target;
  const CheckOptions& options;
  int number = 1;
  std::string_view answer;  // to what was said in the turn before; "" in the first
};

/// What it wants.
struct CheckWish {
  enum class What {
    kWell,  // the server is
    kBad,   // it is not: `text` says why
    kSay,   // `text` is to be said, and so much of the answer to be read
  };
  What what = What::kSay;
  std::string text;
  size_t bytes = 0;  // 0: a line
};

class CheckScript final : public LuaProgram {
 public:
  static constexpr size_t kSayMax = 16 << 10;
  static constexpr size_t kReadMax = 64 << 10;

  using LuaProgram::LuaProgram;

  Result<void> load() override;
  /// Errors: kInvalid: an error of the code's; kTooLarge: it was stopped.
  Result<CheckWish> take(const CheckTurn& turn);

 private:
  friend struct CheckApi;
  const CheckTurn* turn_ = nullptr;  // while it is asked
  CheckWish wish_;
  std::string host_;
};

}  // namespace hancock::slardar
