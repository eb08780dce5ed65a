#include "master/log_relay.h"

namespace hancock::master {

LogSession::LogSession(io::Loop& loop, std::string node, model::LogRequest request)
    : node_(std::move(node)), request_(std::move(request)), changed_(loop) {}

io::Async<bool> LogSession::answered(TimePoint deadline) {
  while (!begun_ && !refusal_) {
    const bool in_time = co_await changed_.wait(deadline);
    if (!in_time) co_return begun_ || refusal_;
  }
  co_return true;
}

io::Async<Result<std::string>> LogSession::take(TimePoint deadline) {
  while (!piece_ && !end_) {
    const bool in_time = co_await changed_.wait(deadline);
    if (in_time || piece_ || end_) continue;
    co_return fail(ErrorCode::kTimeout, "the Agent has fallen silent");
  }
  if (piece_) {
    std::string piece = std::move(*piece_);
    piece_.reset();
    changed_.set();
    co_return piece;
  }
  if (*end_ == End::kBroken) co_return fail(ErrorCode::kClosed, "the Agent has gone in the middle");
  co_return std::string();
}

void LogSession::client_left() {
  client_left_ = true;
  changed_.set();
}

bool LogSession::begin() {
  if (begun_ || refusal_) return false;
  begun_ = true;
  changed_.set();
  return true;
}

void LogSession::refuse(api::Problem problem) {
  if (begun_ || refusal_) return;
  refusal_ = std::move(problem);
  changed_.set();
}

io::Async<Result<void>> LogSession::give(std::string piece, TimePoint deadline) {
  piece_ = std::move(piece);
  changed_.set();
  while (piece_ && !client_left_) {
    const bool in_time = co_await changed_.wait(deadline);
    if (in_time || !piece_) continue;
    co_return fail(ErrorCode::kTimeout, "the client does not read");
  }
  if (client_left_) co_return fail(ErrorCode::kClosed, "the client has left");
  co_return Result<void>{};
}

void LogSession::end(End end) {
  if (end_) return;
  end_ = end;
  changed_.set();
}

Result<std::shared_ptr<LogSession>> LogRelay::open(std::string node, model::LogRequest request) {
  if (sessions_.size() >= kSessionsMax) {
    return fail(ErrorCode::kTooLarge, "{} logs are being read already, which is the limit", kSessionsMax);
  }
  request.set_id(random_.id(16));
  std::string id = request.id();
  auto session = std::make_shared<LogSession>(loop_, std::move(node), std::move(request));
  sessions_[std::move(id)] = session;
  ++changes_;
  wake_.set();
  return session;
}

void LogRelay::close(LogSession& session) {
  session.client_left();
  sessions_.erase(session.request().id());
  ++changes_;
  wake_.set();
}

std::shared_ptr<LogSession> LogRelay::find(std::string_view node, std::string_view id) const {
  const auto found = sessions_.find(id);
  return found == sessions_.end() || found->second->node() != node ? nullptr : found->second;
}

std::vector<std::shared_ptr<LogSession>> LogRelay::of_node(std::string_view node) const {
  std::vector<std::shared_ptr<LogSession>> found;
  for (const auto& [id, session] : sessions_) {
    if (session->node() == node) found.push_back(session);
  }
  return found;
}

}  // namespace hancock::master
