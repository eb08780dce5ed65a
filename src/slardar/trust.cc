#include "slardar/trust.h"

namespace hancock::slardar {

io::Async<bool> Trust::settle() {
  const TimePoint sure_before = freshness_.sure_until();
  if (sure_before != doubted_) {  // not waited for yet
    doubted_ = sure_before;
    give_up_ = loop_.now() + kResync;
  }
  while (!freshness_.sure(loop_.now())) {
    if (loop_.now() >= give_up_) co_return !freshness_.stale(loop_.now());
    co_await loop_.sleep_for(kLook);
  }
  co_return true;
}

}  // namespace hancock::slardar
