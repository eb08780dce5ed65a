#include "slardar/check/checks.h"
#include "slardar/check/dialogue.h"

namespace hancock::slardar {

// Cut, not ended: thousands of connections that wait for a late packet would use up the ports.
io::Async<Result<CheckFacts>> check_tcp(io::Loop& loop, const CheckTarget& target, const CheckOptions&,
                                        TimePoint deadline) {
  auto dialogue = co_await Dialogue::open(loop, target, deadline);
  if (!dialogue) co_return forward_error(dialogue);
  dialogue->cut();
  co_return CheckFacts();
}

}  // namespace hancock::slardar
