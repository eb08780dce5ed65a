// AnswerCounts: a worker's part of what stands in registry::Answers, while a Version shares its Service's
// visitors with another one. Worker's thread.
#pragma once

#include <array>

#include "registry/answers.h"

namespace hancock::slardar {

class AnswerCounts {
 public:
  void note_head(Duration took) { ++heads_[registry::latency_step(took)]; }
  void note_answer(int code) {
    ++requests_;
    if (code >= 500) ++failed_;
  }
  void note_failed() {
    ++requests_;
    ++failed_;
  }
  registry::Answers answers() const {
    registry::Answers result{requests_, failed_, {}};
    for (uint32_t step = 0; step < heads_.size(); ++step)
      if (heads_[step] > 0) result.heads.emplace(step, heads_[step]);
    return result;
  }

 private:
  uint64_t requests_ = 0;
  uint64_t failed_ = 0;
  std::array<uint64_t, registry::kLatencySteps> heads_{};
};

}  // namespace hancock::slardar
