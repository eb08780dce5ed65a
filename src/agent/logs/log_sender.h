// LogSender: sends the logs up that the leader asks for; nobody dials into a site.
//
// Each request is one POST whose body is written as the lines come: NDJSON {"time","stream","line"}. A
// request ends when all was sent (without follow), when its Task is over, when it is cancelled or no longer
// listed, or when nobody takes it. Loop's thread.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "agent/logs/log_reader.h"
#include "agent/masters.h"
#include "agent/runtime.h"
#include "hancock/wire.pb.h"
#include "http/client.h"
#include "io/scope.h"

namespace hancock::agent {

class LogSender {
 public:
  static constexpr size_t kRequestsMax = 64;

  enum class TaskLife { kRuns, kOver, kUnknown };
  /// `life` says whether more lines may come of a Task; `folder` where its files are.
  LogSender(Runtime& runtime, http::Client& client, Masters& masters, Clock& clock,
            std::function<TaskLife(const std::string&)> life,
            std::function<std::filesystem::path(const std::string&)> folder)
      : runtime_(runtime),
        client_(client),
        masters_(masters),
        clock_(clock),
        life_(std::move(life)),
        folder_(std::move(folder)) {}
  ~LogSender() { scope_.cancel(); }

  /// What a line of the stream says: new requests, cancelled ones. A full line: others have lapsed.
  void take(const model::AssignmentLine& line);

 private:
  struct Session {
    bool cancelled = false;
  };
  io::Async<void> serve(model::LogRequest request, std::shared_ptr<Session> session);
  io::Async<Result<void>> send(const model::LogRequest& request, Session& session);
  io::Async<Result<void>> refuse(const model::LogRequest& request, std::string code, std::string message);

  Runtime& runtime_;
  http::Client& client_;
  Masters& masters_;
  Clock& clock_;
  std::function<TaskLife(const std::string&)> life_;
  std::function<std::filesystem::path(const std::string&)> folder_;
  std::map<std::string, std::shared_ptr<Session>> sessions_;
  io::Scope scope_;
};

}  // namespace hancock::agent
