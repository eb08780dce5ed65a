#include "agent/shares.h"

namespace hancock::agent {

io::Async<Result<Shares::Share>> Shares::take(std::string tenant, TimePoint deadline) {
  while (used_[tenant] >= each_) {
    const bool came = co_await freed_.wait(deadline);
    if (!came) co_return fail(ErrorCode::kTimeout, "{} of this tenant's are under way already", each_);
  }
  ++used_[tenant];
  co_return Share(*this, std::move(tenant));
}

void Shares::give_back(const std::string& tenant) {
  if (--used_[tenant] == 0) used_.erase(tenant);
  freed_.set();
}

}  // namespace hancock::agent
