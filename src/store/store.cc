#include "store/store.h"

#include <algorithm>

namespace hancock::store {
namespace {

// `puts` is sorted.
bool touches(const std::vector<std::string_view>& puts, const Operation& removal) {
  const auto first = std::lower_bound(puts.begin(), puts.end(), removal.key);
  return first != puts.end() && KeyRange{removal.key, removal.range_end}.contains(*first);
}

}  // namespace

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

Result<void> check(const KeyRange& range) {
  if (range.begin.empty()) return fail(ErrorCode::kInvalid, "a key range with an empty key");
  return {};
}

Result<void> check(const Transaction& transaction) {
  const size_t count = std::max(transaction.operations.size(), transaction.compares.size());
  if (count > Transaction::kOperationsMax)
    return fail(ErrorCode::kTooLarge, "a transaction of {} operations, {} are allowed", count,
                Transaction::kOperationsMax);
  size_t bytes = 0;
  std::vector<std::string_view> puts;
  for (const Compare& compare : transaction.compares) {
    if (compare.key.empty()) return fail(ErrorCode::kInvalid, "a compare with an empty key");
    bytes += compare.key.size();
  }
  for (const Operation& operation : transaction.operations) {
    if (operation.key.empty()) return fail(ErrorCode::kInvalid, "an operation with an empty key");
    bytes += operation.key.size() + operation.value.size() + operation.range_end.size();
    if (operation.kind == Operation::Kind::kPut) puts.push_back(operation.key);
  }
  if (bytes > Transaction::kBytesMax)
    return fail(ErrorCode::kTooLarge, "a transaction of {} bytes, {} are allowed", bytes,
                Transaction::kBytesMax);
  std::sort(puts.begin(), puts.end());
  if (const auto twice = std::adjacent_find(puts.begin(), puts.end()); twice != puts.end())
    return fail(ErrorCode::kInvalid, "{} is put twice in one transaction", *twice);
  for (const Operation& operation : transaction.operations) {
    if (operation.kind == Operation::Kind::kDelete && touches(puts, operation))
      return fail(ErrorCode::kInvalid, "{} is put and deleted in one transaction", operation.key);
  }
  return {};
}

}  // namespace hancock::store
