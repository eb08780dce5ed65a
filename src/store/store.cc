#include "store/store.h"

namespace hancock::store {

KeyRange KeyRange::prefix(std::string prefix) {
  std::string end = prefix;
  while (!end.empty() && end.back() == '\xff') end.pop_back();
  if (end.empty()) return from(std::move(prefix));
  end.back() = static_cast<char>(end.back() + 1);
  return {std::move(prefix), std::move(end)};
}

KeyRange KeyRange::from(std::string key) { return {std::move(key), std::string(kOpenEnd)}; }

bool KeyRange::contains(std::string_view key) const {
  if (end.empty()) return key == begin;
  return key >= begin && (end == kOpenEnd || key < end);
}

}  // namespace hancock::store
