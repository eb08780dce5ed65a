#include "load/handled.h"

namespace hancock::load {

void Handled::note(const std::string& task, uint64_t number) {
  if (number == 0) return;
  std::vector<bool>& told = told_of_[task];
  if (told.size() < number) told.resize(number);
  if (told[number - 1]) {
    ++doubled_;
  } else {
    told[number - 1] = true;
    ++told_;
  }
}

uint64_t Handled::untold() const {
  uint64_t highest = 0;
  for (const auto& [task, told] : told_of_) highest += told.size();
  return highest - told_;
}

}  // namespace hancock::load
