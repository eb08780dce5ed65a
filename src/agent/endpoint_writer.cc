#include "agent/endpoint_writer.h"

#include <algorithm>
#include <utility>

#include "base/log.h"

namespace hancock::agent {
namespace {

constexpr Duration kStoreTimeout = 5s;
constexpr Duration kPutAgainFirst = 50ms;
constexpr Duration kPutAgainMax = 2s;

}  // namespace

void EndpointWriter::set_fence(store::Revision node_revision) {
  if (node_revision == fence_ || node_revision.value() == 0) return;
  fence_ = node_revision;
  known_ = false;
  changed_.set();
}

void EndpointWriter::want(const std::string& task, WantedEndpoint wanted) {
  auto& present = wanted_[task];
  if (present == wanted) return;
  present = std::move(wanted);
  changed_.set();
}

void EndpointWriter::forget(const std::string& task) {
  if (wanted_.erase(task) > 0) changed_.set();
}

void EndpointWriter::open() {
  if (std::exchange(open_, true)) return;
  changed_.set();
}

io::Async<void> EndpointWriter::run() {
  Duration retry = kPutAgainFirst;
  while (true) {
    while (!open_ || fence_.value() == 0) co_await changed_.wait();
    auto done = co_await reconcile();
    tell();
    if (done) {
      retry = kPutAgainFirst;
      const TimePoint read_again = read_at_ + read_again_;
      (void)co_await changed_.wait(read_again);
      known_ = known_ && loop_.now() < read_again;
      continue;
    }
    known_ = false;
    log::warn("registry", "endpoints are not written yet: {}", done.error().message);
    co_await loop_.sleep_for(retry);
    retry = std::min(retry * 2, kPutAgainMax);
  }
}

io::Async<Result<void>> EndpointWriter::reconcile() {
  if (!known_) {
    auto known = co_await read();
    if (!known) co_return known;
  }
  std::vector<store::Transaction> plan = plan_endpoints(keys_, node_, fence_, wanted_, stored_);
  for (store::Transaction& transaction : plan) {
    auto written = co_await write(std::move(transaction));
    if (!written) co_return written;
  }
  co_return Result<void>{};
}

io::Async<Result<void>> EndpointWriter::read() {
  store::KeyRange range = store::KeyRange::prefix(keys_.endpoints_of(node_));
  const size_t prefix = range.begin.size();
  auto found = co_await store_.range(std::move(range), loop_.now() + kStoreTimeout);
  if (!found) co_return forward_error(found);
  stored_.clear();
  for (store::KeyValue& item : found->items) {
    stored_[item.key.substr(prefix)] = {std::move(item.value), item.mod_revision};
  }
  known_ = true;
  read_at_ = loop_.now();
  co_return Result<void>{};
}

io::Async<Result<void>> EndpointWriter::write(store::Transaction transaction) {
  const std::vector<store::Operation> operations = transaction.operations;
  auto result = co_await store_.commit(std::move(transaction), loop_.now() + kStoreTimeout);
  if (!result) co_return forward_error(result);
  if (!result->succeeded) {
    co_return fail(ErrorCode::kConflict, "the leader has changed the Node's or a Task's record meanwhile");
  }
  const size_t prefix = keys_.endpoints_of(node_).size();
  for (const store::Operation& operation : operations) {
    const std::string task = operation.key.substr(prefix);
    if (operation.kind == store::Operation::Kind::kPut) {
      stored_[task] = {operation.value, result->revision};
    } else {
      stored_.erase(task);
    }
  }
  co_return Result<void>{};
}

void EndpointWriter::tell() {
  if (!known_) return;
  for (const auto& [task, wanted] : wanted_) {
    const auto stored = stored_.find(task);
    registered_(task, is_registered(wanted, stored == stored_.end() ? nullptr : &stored->second));
  }
}

}  // namespace hancock::agent
