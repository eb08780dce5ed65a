#include "slardar/check/check_state.h"

#include <algorithm>
#include <utility>

namespace hancock::slardar {
namespace {

constexpr size_t kReasonMax = 300;

/// A stranger wrote it.
std::string one_line(std::string text) {
  if (text.size() > kReasonMax) text.resize(kReasonMax);
  std::replace_if(
      text.begin(), text.end(), [](char c) { return (c >= 0 && c < ' ') || c == 0x7F; }, '?');
  return text;
}

}  // namespace

void CheckState::note(Result<CheckFacts> outcome, const CheckOptions& options, WallTime now) {
  report_.checked = now;
  if (outcome) {
    report_.fail_num = 0;
    ++passed_;
    const bool is_back = own_ != Verdict::kErr || passed_ >= options.rise;
    if (is_back) own_ = outcome->unstable.empty() ? Verdict::kOk : Verdict::kUnstable;
    report_.msg = one_line(outcome->unstable);
    report_.facts = std::move(*outcome);
  } else {
    passed_ = 0;
    ++report_.fail_num;
    if (report_.fail_num >= options.fall) own_ = Verdict::kErr;
    report_.msg = one_line(std::move(outcome.error().message));
  }
  settle(now);
}

void CheckState::protect(bool is_protected, WallTime now) {
  is_protected_ = is_protected;
  settle(now);
}

void CheckState::settle(WallTime now) {
  const Verdict verdict = has_failed() && is_protected_ ? Verdict::kUnstable : own_;
  if (std::exchange(report_.verdict, verdict) != verdict) report_.modified = now;
}

void CheckGroup::set(const std::vector<uint64_t>& servers, const CheckOptions& options, WallTime now) {
  options_ = options;
  std::unordered_map<uint64_t, CheckState> kept;
  for (const uint64_t server : servers) {
    const auto known = states_.find(server);
    kept.emplace(server, known == states_.end() ? CheckState(now) : std::move(known->second));
  }
  states_ = std::move(kept);
  first_ = servers.empty() ? 0 : servers.front();
  failed_ = 0;
  for (auto& [server, state] : states_) {
    if (server != first_) state.protect(false, now);
    failed_ += state.has_failed();
  }
  protect(now);
}

void CheckGroup::note(uint64_t server, Result<CheckFacts> outcome, WallTime now) {
  CheckState& state = states_.at(server);
  failed_ -= state.has_failed();
  state.note(std::move(outcome), options_, now);
  failed_ += state.has_failed();
  protect(now);
}

void CheckGroup::protect(WallTime now) {
  if (states_.empty()) return;
  states_.at(first_).protect(options_.protect && failed_ == states_.size(), now);
}

}  // namespace hancock::slardar
