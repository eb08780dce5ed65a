// Handled: whether every POST was handled once. Each Task counts those that it handles and answers with the
// number: one that was handled twice, or whose answer was lost, leaves a number that nobody was told. One
// thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace hancock::load {

class Handled {
 public:
  /// `number`: from 1.
  void note(const std::string& task, uint64_t number);

  /// Numbers below the highest of their Task that nobody was told.
  uint64_t untold() const;
  /// Numbers that were told twice.
  uint64_t doubled() const { return doubled_; }
  uint64_t told() const { return told_; }

 private:
  std::map<std::string, std::vector<bool>> told_of_;  // by Task; [number - 1]
  uint64_t told_ = 0;
  uint64_t doubled_ = 0;
};

}  // namespace hancock::load
