// Slots: values that keep their place, and their object, from one snapshot to the next as long as nothing
// about them changes: so that snapshots share them, and whoever compares two snapshots sees at once what is
// another one. Control thread; the values are immutable and may be read anywhere.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace hancock::slardar {

template <class T>
class Slots {
 public:
  size_t add(T value) {
    auto made = std::make_shared<const T>(std::move(value));
    if (free_.empty()) {
      all_.push_back(std::move(made));
      return all_.size() - 1;
    }
    const size_t place = free_.back();
    free_.pop_back();
    all_[place] = std::move(made);
    return place;
  }
  void set(size_t place, T value) {
    if (!(*all_[place] == value)) all_[place] = std::make_shared<const T>(std::move(value));
  }
  void free(size_t place) {
    all_[place].reset();
    free_.push_back(place);
  }
  /// By place; nullptr where there is none.
  const std::vector<std::shared_ptr<const T>>& all() const { return all_; }

 private:
  std::vector<std::shared_ptr<const T>> all_;
  std::vector<size_t> free_;
};

}  // namespace hancock::slardar
