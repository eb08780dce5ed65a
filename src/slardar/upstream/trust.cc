#include "slardar/upstream/trust.h"

namespace hancock::slardar {

io::Async<bool> Trust::settle() {
  const TimePoint sure_before = freshness_.sure_until();
  if (sure_before != doubted_) {  // not waited for yet
    doubted_ = sure_before;
    give_up_ = BootClock::now() + kResync;
  }
  while (!freshness_.sure(BootClock::now())) {
    if (BootClock::now() >= give_up_) co_return !freshness_.stale(BootClock::now());
    co_await loop_.sleep_for(kLook);
  }
  co_return true;
}

}  // namespace hancock::slardar
