#include "agent/network/table_keeper.h"

#include "agent/network/nft_watch.h"
#include "base/log.h"

namespace hancock::agent {
namespace {

constexpr Duration kCompare = 30s;
constexpr Duration kTryAgain = 1s;  // when it could not be repaired

}  // namespace

io::Async<void> TableKeeper::set_up(std::set<std::string> closed) {
  auto up = co_await network_.set_up(std::move(closed));
  note(up ? "" : up.error().message);
}

io::Async<void> TableKeeper::run() {
  auto watch = NftWatch::open(loop_);
  if (!watch) log::warn("network", "{}; it is only compared from time to time", watch.error().message);
  while (true) {
    const Duration wait = problem_.empty() ? kCompare : kTryAgain;
    const TimePoint deadline = loop_.now() + wait;
    auto changed = Result<bool>(false);
    if (watch) changed = co_await (*watch)->changed(deadline);
    if (!watch || !changed) co_await loop_.sleep_for(wait);
    co_await mend();
  }
}

io::Async<void> TableKeeper::mend() {
  auto mended = co_await network_.mend();
  if (mended && *mended) {
    log::warn("network", "the table inet {} had been changed by somebody: repaired", kTableName);
  }
  note(mended ? "" : mended.error().message);
}

void TableKeeper::note(std::string problem) {
  if (!problem.empty()) problem = "the nftables table cannot be set up: " + problem;
  if (problem == problem_) return;
  if (!problem.empty()) log::error("network", "{}", problem);
  problem_ = std::move(problem);
  changed_();
}

}  // namespace hancock::agent
