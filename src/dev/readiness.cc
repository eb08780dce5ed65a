#include "dev/readiness.h"

#include <fmt/core.h>

#include <deque>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/file.h"
#include "dev/interrupt.h"
#include "dev/process_state.h"
#include "dev/wait.h"
#include "http/client.h"
#include "io/loop.h"

namespace hancock::dev {
namespace {
constexpr size_t kLogLines = 12;
constexpr Duration kRequestTime = 5s;
}  // namespace

struct Readiness::Engine {
  io::Loop loop;
  http::Client client{loop};
};

Readiness::Readiness(TimePoint deadline, Interrupt& interrupt)
    : deadline_(deadline), interrupt_(interrupt), engine_(std::make_unique<Engine>()) {}
Readiness::~Readiness() = default;

Result<void> Readiness::until(const ProcessEntry& process, const std::function<Result<void>()>& attempt) {
  for (;;) {
    const bool running = process.pid && is_running(*process.pid, process.start_ticks);
    const Result<void> done = attempt();
    if (done) return {};
    if (interrupt_.requested()) return fail(ErrorCode::kCancelled, "interrupted");
    if (!running) return fail(ErrorCode::kUnavailable, "{} ended{}", process.name, log_end(process.log));
    if (!pause_before(deadline_)) {
      return fail(ErrorCode::kTimeout, "{} is not ready in time: {}{}", process.name, done.error().message,
                  log_end(process.log));
    }
  }
}

Result<std::string> Readiness::get(const std::string& address, const std::string& path,
                                   const std::string& token) {
  auto peer = io::Address::parse(address);
  if (!peer) return forward_error(peer);
  http::RequestHead request("GET", path);
  if (!token.empty()) request.headers.set("Authorization", "Bearer " + token);
  auto answer = engine_->loop.block_on(engine_->client.fetch(
      *peer, std::move(request), "", std::min(deadline_, BootClock::now() + kRequestTime)));
  if (!answer) return forward_error(answer, fmt::format("GET http://{}{}", address, path));
  if (answer->status == 200) return std::move(answer->body);
  return fail(ErrorCode::kUnavailable, "GET http://{}{}: {} {}", address, path, answer->status, answer->body);
}

Result<void> Readiness::until_answers(const ProcessEntry& process, const std::string& address,
                                      const std::string& path) {
  return until(process, [&]() -> Result<void> {
    auto answer = get(address, path);
    if (!answer) return forward_error(answer);
    return {};
  });
}

Result<void> Readiness::until_nodes_ready(const Cluster& cluster, const ProcessEntry& master,
                                          const std::string& token) {
  return until(master, [&]() -> Result<void> {
    auto answer = get(cluster.api_address(1), "/v1/nodes", token);
    if (!answer) return forward_error(answer);
    auto missing = nodes_not_ready(*answer, cluster.shape.nodes);
    if (!missing) return forward_error(missing);
    if (!missing->empty()) return fail(ErrorCode::kUnavailable, "{}", *missing);
    return {};
  });
}

std::string log_end(const std::string& file) {
  const auto text = read_file(file);
  if (!text) return "";
  std::deque<std::string> lines;
  std::istringstream stream(*text);
  for (std::string line; std::getline(stream, line);) {
    lines.push_back(std::move(line));
    if (lines.size() > kLogLines) lines.pop_front();
  }
  if (lines.empty()) return fmt::format("\n{} is empty", file);
  std::string result = fmt::format("\nthe end of {}:", file);
  for (const std::string& line : lines) result += "\n    " + line;
  return result;
}

Result<std::string> nodes_not_ready(const std::string& answer, int nodes) {
  const auto json = nlohmann::json::parse(answer, nullptr, false);
  if (!json.is_object() || !json.contains("items") || !json["items"].is_array()) {
    return fail(ErrorCode::kInternal, "GET /v1/nodes: no list: {}", answer);
  }
  std::map<std::string, std::string> states;
  for (const auto& item : json["items"]) {
    if (item.is_object()) states[item.value("name", "")] = item.value("state", "");
  }
  std::string missing;
  for (int n = 1; n <= nodes; ++n) {
    const std::string name = fmt::format("node-{}", n);
    const auto state = states.find(name);
    if (state != states.end() && state->second == "ready") continue;
    missing += fmt::format("{}{} is {}", missing.empty() ? "" : ", ", name,
                           state == states.end() ? "unknown" : state->second);
  }
  return missing;
}

}  // namespace hancock::dev
