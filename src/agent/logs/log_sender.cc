#include "agent/logs/log_sender.h"

#include <nlohmann/json.hpp>

#include "base/log.h"
#include "model/time.h"

namespace hancock::agent {
namespace {

constexpr size_t kPieceBytes = 64 << 10;
constexpr Duration kLook = 150ms;  // for more lines, when following
constexpr Duration kSendTimeout = 10s;
constexpr Duration kWriteTimeout = 40s;  // a client that reads slowly stops us; the Master gives up before

LogQuery query_of(const model::LogRequest& request, WallTime now) {
  LogQuery query{.tail = request.tail(), .since = {}, .stream = request.stream()};
  if (request.has_since()) {
    const Duration span = model::from_proto(request.since());
    if (span > 0s) query.since = now - std::chrono::duration_cast<std::chrono::milliseconds>(span);
  }
  return query;
}

std::string encode(const std::vector<LogLine>& lines) {
  std::string text;
  for (const LogLine& line : lines) text += to_ndjson(line);
  return text;
}

}  // namespace

void LogSender::take(const model::AssignmentLine& line) {
  std::set<std::string> named;
  for (const model::LogRequest& request : line.logs()) {
    named.insert(request.id());
    const auto known = sessions_.find(request.id());
    if (known != sessions_.end()) {
      known->second->cancelled = known->second->cancelled || request.cancelled();
    } else if (!request.cancelled() && sessions_.size() < kRequestsMax) {
      const auto session = std::make_shared<Session>();
      sessions_.emplace(request.id(), session);
      scope_.spawn(serve(request, session));
    }
  }
  if (!line.full()) return;
  for (auto& [id, session] : sessions_) session->cancelled = session->cancelled || !named.contains(id);
}

io::Async<void> LogSender::serve(model::LogRequest request, std::shared_ptr<Session> session) {
  auto sent = co_await send(request, *session);
  if (!sent && !session->cancelled) {
    log::warn("logs", "the log of task {} is not sent: {}", request.task(), sent.error().message);
  }
  sessions_.erase(request.id());
}

io::Async<Result<void>> LogSender::send(const model::LogRequest& request, Session& session) {
  std::error_code error;
  const std::filesystem::path folder = folder_(request.task());
  if (life_(request.task()) == TaskLife::kUnknown && !std::filesystem::exists(folder, error)) {
    co_return co_await refuse(request, "not_found", "this Node keeps no log of task " + request.task());
  }
  http::RequestHead head = masters_.request("POST", "/logs/" + request.id());
  head.headers.add("Content-Type", "application/x-ndjson");
  auto call =
      co_await client_.open(masters_.current(), std::move(head), runtime_.loop().now() + kSendTimeout);
  if (!call) co_return forward_error(call);

  auto make = [folder, query = query_of(request, clock_.wall())] {
    return std::make_shared<LogReader>(folder, query);
  };
  std::shared_ptr<LogReader> reader = co_await runtime_.block(std::move(make));
  while (!session.cancelled) {
    const bool may_grow = request.follow() && life_(request.task()) == TaskLife::kRuns;
    auto read = [reader] { return encode(reader->read(kPieceBytes)); };
    const std::string piece = co_await runtime_.block(std::move(read));
    if (!piece.empty()) {
      auto written = co_await (*call)->write(piece, runtime_.loop().now() + kWriteTimeout);
      if (!written) co_return written;
    } else if (may_grow) {
      co_await runtime_.loop().sleep_for(kLook);
    } else {
      break;
    }
  }
  auto finished = co_await (*call)->finish(runtime_.loop().now() + kSendTimeout);
  if (!finished) co_return finished;
  auto answer = co_await (*call)->response(runtime_.loop().now() + kWriteTimeout);
  if (!answer) co_return forward_error(answer);
  co_return Result<void>{};
}

io::Async<Result<void>> LogSender::refuse(const model::LogRequest& request, std::string code,
                                          std::string message) {
  http::RequestHead head = masters_.request("POST", "/logs/" + request.id());
  head.headers.add("Content-Type", "application/json");
  const nlohmann::json mistake = {{"code", code}, {"message", message}};
  std::string body = nlohmann::json{{"errors", nlohmann::json::array({mistake})}}.dump();
  auto answer = co_await client_.fetch(masters_.current(), std::move(head), std::move(body),
                                       runtime_.loop().now() + kSendTimeout);
  if (!answer) co_return forward_error(answer);
  co_return Result<void>{};
}

}  // namespace hancock::agent
