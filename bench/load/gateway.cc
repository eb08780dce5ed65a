#include "load/gateway.h"

namespace hancock::load {
namespace {

constexpr size_t kKeptMax = 64;
constexpr Duration kKeepFor = 20s;  // well below what gateways wait for
constexpr Duration kLookEvery = 200ms;
constexpr Duration kLookPatience = 1s;

}  // namespace

io::Async<Result<std::unique_ptr<Connection>>> Gateway::connect(Way way, TimePoint deadline) {
  while (way == Way::kKept && !kept_.empty()) {
    Kept last = std::move(kept_.back());
    kept_.pop_back();
    if (last.until > loop_.now() && last.connection->is_fit()) co_return std::move(last.connection);
  }
  auto opened = co_await Connection::open(loop_, http_, deadline);
  co_return opened;
}

void Gateway::keep(std::unique_ptr<Connection> connection) {
  if (kept_.size() < kKeptMax && connection->is_fit())
    kept_.push_back({std::move(connection), loop_.now() + kKeepFor});
}

io::Async<void> Gateway::look_after(std::string request) {
  while (true) {
    is_well_ = co_await answers(request);
    co_await loop_.sleep_for(kLookEvery);
  }
}

io::Async<bool> Gateway::answers(std::string request) {
  const TimePoint deadline = loop_.now() + kLookPatience;
  auto connection = co_await Connection::open(loop_, http_, deadline);
  if (!connection) co_return false;
  auto answer = co_await (*connection)->ask(std::move(request), deadline);
  co_return answer.has_value() && answer->status == 200;
}

}  // namespace hancock::load
