#include "agent/cri/call_set.h"

#include <chrono>

namespace hancock::agent::cri {

CallSet::Entry::Entry(CallSet& set, Duration timeout) : set_(set) {
  context_.set_deadline(std::chrono::system_clock::now() +
                        std::chrono::duration_cast<std::chrono::microseconds>(timeout));
  const std::lock_guard lock(set_.mutex_);
  set_.running_.insert(&context_);
  if (set_.cancelled_) context_.TryCancel();
}

CallSet::Entry::~Entry() {
  const std::lock_guard lock(set_.mutex_);
  set_.running_.erase(&context_);
}

void CallSet::cancel() {
  const std::lock_guard lock(mutex_);
  cancelled_ = true;
  for (auto* context : running_) context->TryCancel();
}

}  // namespace hancock::agent::cri
