// Scripts: the scripts of all hosts in one worker. Each has a state of its own, made when it is needed first,
// and nothing that it does reaches another one's: one that was stopped rests for a hundred times as long as
// it worked, so that all it takes of the worker is a hundredth. Worker's thread only.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <unordered_map>

#include "slardar/lua/script.h"

namespace hancock::slardar {

class Scripts {
 public:
  enum class End { kNone, kPassed, kAnswered, kFailed };

  explicit Scripts(Random& random) : random_(random) {}

  /// Takes the code of a new snapshot; programs that it does not concern stay as they are.
  void apply(const LuaCodePtr& code);

  bool any() const { return !scripts_.empty(); }
  /// The host as scripts are called by it: in lower case, without port and final dot. Valid until the next
  /// call.
  std::string_view name_of(std::string_view host);
  /// Runs the script of `view.host`, and makes the `wish` of kPassed and kAnswered. kFailed: the request is
  /// refused (where the script fails open, kNone).
  End run(const ScriptView& view, std::unique_ptr<ScriptWish>& wish, TimePoint now);

  /// By the script's name.
  const std::map<std::string, uint64_t>& errors() const { return errors_; }

 private:
  static constexpr int kRestFactor = 100;
  static constexpr Duration kRestMax = 10s;
  static constexpr Duration kLogEvery = 1s;
  struct Place {
    LuaTextPtr text;
    std::shared_ptr<LuaCounters> counters;
    std::unique_ptr<Script> script;  // nullptr: not made yet
    TimePoint rests_until{};
    bool fails_open = false;  // when it failed last
    TimePoint logged{};
  };
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };

  Result<void> run(Place& place, const ScriptView& view, ScriptWish& wish, TimePoint now);
  void note_error(Place& place, const Error& error, TimePoint now);

  Random& random_;
  LuaCodePtr code_ = std::make_shared<const LuaCode>();
  std::unordered_map<std::string, Place, Hash, std::equal_to<>> scripts_;  // by host
  std::map<std::string, uint64_t> errors_;
  std::string host_;
};

}  // namespace hancock::slardar
