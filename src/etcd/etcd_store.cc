#include "etcd/etcd_store.h"

#include <algorithm>
#include <iterator>

#include "etcd/answers.h"
#include "etcd/etcd_watch.h"
#include "etcd/requests.h"

namespace hancock::etcd {
namespace {

constexpr int kReadTriesMax = 4;  // a compaction may pass a read by
constexpr Duration kLeftTogether = 1s;

using Repeat = Caller::Repeat;

}  // namespace

EtcdStore::EtcdStore(io::Loop& loop, http::Client& client, std::vector<io::Address> members,
                     EtcdOptions options)
    : caller_(loop, client, std::move(members), std::move(options.credentials)),
      page_keys_(options.page_keys),
      pulse_(std::move(options.pulse)) {}

// Several watches at one member fall silent together: it is left once.
void EtcdStore::use_another_member() {
  const TimePoint now = caller_.loop().now();
  if (left_at_ + kLeftTogether > now) return;
  left_at_ = now;
  caller_.members().failed(caller_.members().current());
}

io::Async<Result<store::RangeResult>> EtcdStore::range(store::KeyRange range, TimePoint deadline) {
  auto checked = check(range);
  if (!checked) co_return forward_error(checked);
  for (int tries = 1;; ++tries) {
    auto result = co_await read_pages(range, deadline);
    if (result || result.error().code != ErrorCode::kGone) co_return result;
    if (tries == kReadTriesMax)
      co_return fail(ErrorCode::kUnavailable, "compaction outran {} reads of {}", tries, range.begin);
  }
}

io::Async<Result<store::RangeResult>> EtcdStore::read_pages(store::KeyRange range, TimePoint deadline) {
  store::RangeResult result;
  size_t limit = page_keys_;
  while (true) {
    std::string request = range_request(range, limit, result.revision);
    auto body = co_await caller_.call(kRangePath, std::move(request), Repeat::kSafe, deadline);
    if (!body && body.error().code == ErrorCode::kTooLarge && limit > 1) {
      limit /= 2;
      continue;
    }
    if (!body) co_return forward_error(body);
    auto page = decode_range(*body);
    if (!page) co_return forward_error(page);
    if (result.revision == store::Revision()) result.revision = page->revision;
    const bool more = page->more && !page->items.empty();
    if (more) range.begin = page->items.back().key + '\0';
    std::move(page->items.begin(), page->items.end(), std::back_inserter(result.items));
    if (!more) co_return result;
  }
}

io::Async<Result<store::TransactionResult>> EtcdStore::commit(store::Transaction transaction,
                                                              TimePoint deadline) {
  auto checked = check(transaction);
  if (!checked) co_return forward_error(checked);
  std::string request = transaction_request(transaction);
  auto body = co_await caller_.call(kTransactionPath, std::move(request), Repeat::kOnce, deadline);
  if (!body) co_return forward_error(body);
  co_return decode_transaction(*body);
}

io::Async<Result<std::unique_ptr<store::Watch>>> EtcdStore::watch(store::KeyRange range, store::Revision from,
                                                                  TimePoint deadline) {
  auto checked = check(range);
  if (!checked) co_return forward_error(checked);
  if (from < store::Revision(1)) co_return fail(ErrorCode::kInvalid, "watch from revision {}", from.value());
  std::string request = watch_request(range, from);
  if (!pulse_.empty() && !range.contains(pulse_)) request += pulse_request(pulse_);
  auto stream = co_await caller_.open(kWatchPath, std::move(request), deadline);
  if (!stream) co_return forward_error(stream);
  auto watch = std::make_unique<EtcdWatch>(caller_.members(), std::move(*stream), from);
  auto created = co_await watch->created(deadline);
  if (!created) co_return forward_error(created);
  co_return watch;
}

io::Async<Result<store::LeaseId>> EtcdStore::grant_lease(Duration ttl, TimePoint deadline) {
  std::string request = lease_grant_request(ttl);
  auto body = co_await caller_.call(kLeaseGrantPath, std::move(request), Repeat::kOnce, deadline);
  if (!body) co_return forward_error(body);
  co_return decode_lease_grant(*body);
}

io::Async<Result<void>> EtcdStore::keep_alive(store::LeaseId lease, TimePoint deadline) {
  std::string request = lease_request(lease);
  auto body = co_await caller_.call(kLeaseKeepAlivePath, std::move(request), Repeat::kSafe, deadline);
  if (!body) co_return forward_error(body);
  co_return decode_keep_alive(*body);
}

io::Async<Result<void>> EtcdStore::revoke_lease(store::LeaseId lease, TimePoint deadline) {
  std::string request = lease_request(lease);
  auto body = co_await caller_.call(kLeaseRevokePath, std::move(request), Repeat::kOnce, deadline);
  if (!body) co_return forward_error(body);
  co_return Result<void>();
}

io::Async<Result<void>> EtcdStore::compact(store::Revision revision, TimePoint deadline) {
  std::string request = compaction_request(revision);
  auto body = co_await caller_.call(kCompactionPath, std::move(request), Repeat::kSafe, deadline);
  if (!body) co_return forward_error(body);
  co_return Result<void>();
}

}  // namespace hancock::etcd
