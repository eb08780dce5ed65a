// StateReader: takes one key after the other into a State's tables and indices. Part of State; lives for one
// load or batch.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "master/core/state.h"

namespace hancock::master {

class StateReader {
 public:
  explicit StateReader(State& state) : state_(state) {}

  void put(const store::KeyValue& item);
  void remove(std::string_view key);

 private:
  using Parts = std::vector<std::string_view>;

  /// Takes what `key` named out of its table and its indices.
  void forget(std::string_view key);
  void forget_state(const Parts& parts);
  void forget_registry(const Parts& parts);
  /// "" or why the record cannot be taken in.
  std::string read(const store::KeyValue& item);
  std::string read_state(const Parts& parts, const store::KeyValue& item);
  std::string read_registry(const Parts& parts, const store::KeyValue& item);

  State& state_;
};

}  // namespace hancock::master
