#include "slardar/check/check_state.h"

#include <algorithm>
#include <functional>
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
  } else if (outcome.error().code == ErrorCode::kInternal) {
    report_.fail_num = 0;
    passed_ = 0;
    own_ = Verdict::kUnchecked;
    report_.msg = one_line(std::move(outcome.error().message));
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

void CheckGroup::set(const std::vector<Server>& servers, const CheckOptions& options, WallTime now) {
  options_ = options;
  std::unordered_map<uint64_t, Known> kept;
  for (const Server& server : servers) {
    const auto before = known_.find(server.identity);
    CheckState state = before == known_.end() ? CheckState(now) : std::move(before->second.state);
    kept.emplace(server.identity, Known{std::move(state), server.gets_traffic});
  }
  known_ = std::move(kept);
  const auto first = std::find_if(servers.begin(), servers.end(), std::mem_fn(&Server::gets_traffic));
  first_ = first != servers.end() ? first->identity : 0;
  serving_ = failed_ = 0;
  for (auto& [server, known] : known_) {
    if (server != first_) known.state.protect(false, now);
    serving_ += known.gets_traffic;
    failed_ += known.counts_as_failed();
  }
  protect(now);
}

void CheckGroup::note(uint64_t server, Result<CheckFacts> outcome, WallTime now) {
  Known& known = known_.at(server);
  failed_ -= known.counts_as_failed();
  known.state.note(std::move(outcome), options_, now);
  failed_ += known.counts_as_failed();
  protect(now);
}

void CheckGroup::protect(WallTime now) {
  if (serving_ == 0) return;
  known_.at(first_).state.protect(options_.protect && failed_ == serving_, now);
}

}  // namespace hancock::slardar
