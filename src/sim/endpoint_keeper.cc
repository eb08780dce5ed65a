#include "sim/endpoint_keeper.h"

namespace hancock::sim {
namespace {

constexpr Duration kReadAgain = 30s;
constexpr Duration kPutAgain = 500ms;

}  // namespace

EndpointKeeper::EndpointKeeper(Ground& ground, StoreServer& store, Party& agent, std::string node,
                               std::function<void(const std::string& task, bool registered)> registered)
    : ground_(ground),
      store_(store),
      agent_(agent),
      node_(std::move(node)),
      registered_(std::move(registered)) {}

void EndpointKeeper::set_fence(store::Revision node_revision) {
  if (node_revision == fence_ || node_revision.value() == 0) return;
  fence_ = node_revision;
  is_known_ = false;
  poke();
}

void EndpointKeeper::want(const std::string& task, agent::WantedEndpoint wanted) {
  auto& present = wanted_[task];
  if (present == wanted) return;
  present = std::move(wanted);
  poke();
}

void EndpointKeeper::forget(const std::string& task) {
  if (wanted_.erase(task) > 0) poke();
}

void EndpointKeeper::open() {
  if (std::exchange(is_open_, true)) return;
  agent_.after(kReadAgain, [this] {
    is_open_ = false;
    is_known_ = false;
    open();
  });
  poke();
}

void EndpointKeeper::poke() {
  is_changed_ = true;
  if (!is_open_ || is_busy_ || fence_.value() == 0) return;
  is_busy_ = true;
  is_changed_ = false;
  if (is_known_)
    write_all();
  else
    read();
}

void EndpointKeeper::read() {
  store::KeyRange range = store::KeyRange::prefix(keys_.endpoints_of(node_));
  const size_t prefix = range.begin.size();
  is_known_ = true;  // unless a new fence comes meanwhile
  store_.range(agent_, std::move(range), [this, prefix](const Result<store::RangeResult>& found) {
    if (!found) return finish(false);
    stored_.clear();
    for (const store::KeyValue& item : found->items)
      stored_[item.key.substr(prefix)] = {item.value, item.mod_revision};
    write_all();
  });
}

void EndpointKeeper::write_all() { write(agent::plan_endpoints(keys_, node_, fence_, wanted_, stored_), 0); }

void EndpointKeeper::write(std::vector<store::Transaction> plan, size_t next) {
  if (next >= plan.size()) return finish(true);
  const auto written = [this, plan, next](const Result<store::TransactionResult>& result) {
    if (!result || !result->succeeded) return finish(false);
    note(plan[next].operations, result->revision);
    write(plan, next + 1);
  };
  store_.commit(agent_, plan[next], written);
}

void EndpointKeeper::note(const std::vector<store::Operation>& operations, store::Revision revision) {
  const size_t prefix = keys_.endpoints_of(node_).size();
  for (const store::Operation& operation : operations) {
    const std::string task = operation.key.substr(prefix);
    if (operation.kind == store::Operation::Kind::kPut)
      stored_[task] = {operation.value, revision};
    else
      stored_.erase(task);
  }
}

void EndpointKeeper::finish(bool well) {
  if (well) {
    is_busy_ = false;
    tell();
    if (is_changed_ || !is_known_) poke();
    return;
  }
  is_known_ = false;
  agent_.after(kPutAgain, [this] {
    is_busy_ = false;
    poke();
  });
}

void EndpointKeeper::tell() {
  if (!is_known_) return;
  for (const auto& [task, wanted] : std::map(wanted_)) {
    const auto stored = stored_.find(task);
    registered_(task, agent::is_registered(wanted, stored == stored_.end() ? nullptr : &stored->second));
  }
}

}  // namespace hancock::sim
