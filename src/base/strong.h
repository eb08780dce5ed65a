// Strong: ids and indices that cannot be taken for one another.
//
//   using Revision = Strong<int64_t, struct RevisionTag>;
#pragma once

#include <compare>
#include <functional>
#include <utility>

namespace hancock {

template <class T, class Tag>
class Strong {
 public:
  constexpr Strong() = default;
  constexpr explicit Strong(T value) : value_(std::move(value)) {}
  constexpr const T& value() const { return value_; }
  friend constexpr auto operator<=>(const Strong&, const Strong&) = default;

 private:
  T value_{};
};

}  // namespace hancock

template <class T, class Tag>
struct std::hash<hancock::Strong<T, Tag>> {
  size_t operator()(const hancock::Strong<T, Tag>& strong) const { return std::hash<T>{}(strong.value()); }
};
