// FakeAgent: an Agent without containers: speaks the Agents' wire to a Master as a real one does, and says of
// each Task that it runs. Endpoints go through the Master's door, fenced by the Node's record: what was
// refused, or was written under a fence that is gone, is written again.
//
// Lives on its owner's loop; run() ends when its Scope is cancelled.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "hancock/wire.pb.h"
#include "http/client.h"
#include "io/loop.h"

namespace hancock::test {

struct FakeAgentOptions {
  io::Address master;
  std::string token;
  std::string node = "node-1";
  std::string log_line = R"({"time":"2026-01-01T00:00:00.000Z","stream":"stdout","line":"hello"})";
};

class FakeAgent {
 public:
  FakeAgent(io::Loop& loop, FakeAgentOptions options)
      : loop_(loop), options_(std::move(options)), client_(loop) {}

  /// Reports itself, then follows its assignments; again when the stream ends.
  io::Async<void> run();
  /// Beside run(): an empty report every second, whatever became of the one before.
  io::Async<void> give_signs_of_life();

  size_t lines() const { return lines_; }
  size_t connects() const { return connects_; }
  const model::AssignmentLine& last_line() const { return last_line_; }
  const std::map<std::string, model::Assignment>& assignments() const { return assignments_; }
  /// The latest reign that it has heard of; it takes no orders of an earlier one.
  std::pair<int64_t, int64_t> seen() const { return {last_line_.epoch(), last_line_.term()}; }
  /// Cut off: says and hears nothing until it is back; what it runs goes on.
  void be_silent(bool silent) { silent_ = silent; }
  /// Tasks that were started here, and how often.
  const std::map<std::string, int>& starts() const { return starts_; }
  /// What an Agent would write to register `task`, under the fence that it knows now.
  std::string registration_of(const std::string& task) const;
  /// What it says at each connect: of itself, and of all that runs here.
  model::NodeReport full_report() const;
  /// Does not answer LogRequests any more.
  void be_deaf() { deaf_ = true; }
  /// Answers them with a refusal.
  void lose_logs() { logs_lost_ = true; }

 private:
  io::Async<bool> follow();
  io::Async<bool> act(model::AssignmentLine line);
  void take(const model::AssignmentLine& line);
  /// What is to serve, and is not registered under the fence that holds now.
  std::vector<std::string> unregistered() const;
  io::Async<Result<http::Answer>> post(std::string path, std::string body, std::string type);
  io::Async<bool> report(model::NodeReport report);
  /// What an Agent writes of `tasks`, in one transaction, and reports, in one report.
  enum class What { kRuns, kEnded };
  io::Async<bool> tell(What what, std::vector<std::string> tasks);
  io::Async<bool> write(std::string transaction);
  std::string transaction_of(What what, const std::vector<std::string>& tasks) const;
  model::NodeReport report_of(What what, const std::vector<std::string>& tasks) const;
  io::Async<void> send_log(model::LogRequest request);
  model::NodeReport of_node() const;

  io::Loop& loop_;
  FakeAgentOptions options_;
  http::Client client_;
  size_t lines_ = 0;
  size_t connects_ = 0;
  bool silent_ = false;
  bool deaf_ = false;
  bool logs_lost_ = false;
  model::AssignmentLine last_line_;
  std::map<std::string, model::Assignment> assignments_;  // undecided ones too
  std::set<std::string> undecided_;
  std::map<std::string, int64_t> registered_;  // what runs here, and the fence that it was registered under
  std::map<std::string, int> starts_;
};

}  // namespace hancock::test
