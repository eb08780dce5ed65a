#include "slardar/check/redis_check.h"

#include <algorithm>

#include "base/number.h"
#include "slardar/check/checks.h"
#include "slardar/check/dialogue.h"

namespace hancock::slardar {
namespace {

constexpr std::string_view kReplication[] = {"role",
                                             "master_host",
                                             "master_port",
                                             "master_link_status",
                                             "master_link_down_since_seconds",
                                             "master_last_io_seconds_ago"};

/// One reply, which has to be `wanted`.
io::Async<Result<void>> expect(Dialogue& dialogue, std::string_view command, std::string_view wanted) {
  auto reply = co_await dialogue.line();
  if (!reply) co_return forward_error(reply, command);
  if (*reply != wanted) co_return fail(ErrorCode::kUnavailable, "{}: {}", command, *reply);
  co_return Result<void>();
}

/// INFO's text; "" where it is not allowed, which says nothing of how the server does.
io::Async<Result<std::string>> read_info(Dialogue& dialogue) {
  auto head = co_await dialogue.line();
  if (!head) co_return forward_error(head, "INFO");
  const auto size = head->starts_with('$') ? parse_number<size_t>(head->substr(1)) : std::nullopt;
  if (!size) co_return std::string();
  auto text = co_await dialogue.bytes(*size);
  if (!text) co_return forward_error(text, "INFO");
  co_return text;
}

}  // namespace

std::string redis_command(const std::vector<std::string_view>& words) {
  std::string text = fmt::format("*{}\r\n", words.size());
  for (const std::string_view word : words) text += fmt::format("${}\r\n{}\r\n", word.size(), word);
  return text;
}

CheckFacts read_redis_info(std::string_view info) {
  CheckFacts facts;
  while (!info.empty()) {
    const std::string_view line = info.substr(0, info.find('\n'));
    info.remove_prefix(std::min(info.size(), line.size() + 1));
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    const std::string_view name = line.substr(0, colon);
    std::string_view value = line.substr(colon + 1);
    if (value.ends_with('\r')) value.remove_suffix(1);
    if (name == "redis_version") facts.redis_version = value;
    if (std::find(std::begin(kReplication), std::end(kReplication), name) != std::end(kReplication))
      facts.replication.emplace(name, value);
  }
  const auto link = facts.replication.find("master_link_status");
  if (link != facts.replication.end() && link->second == "down") facts.unstable = "master link status: down";
  return facts;
}

io::Async<Result<CheckFacts>> check_redis(io::Loop& loop, const CheckTarget& target,
                                          const CheckOptions& options, TimePoint deadline) {
  auto dialogue = co_await Dialogue::open(loop, target, deadline);
  if (!dialogue) co_return forward_error(dialogue);
  const bool logs_in = !options.password.empty();
  std::string commands;
  if (logs_in && options.user.empty()) commands = redis_command({"AUTH", options.password});
  if (logs_in && !options.user.empty()) commands = redis_command({"AUTH", options.user, options.password});
  commands += redis_command({"PING"}) + redis_command({"INFO"});
  auto said = co_await dialogue->say(commands);
  if (!said) co_return forward_error(said);
  if (logs_in) {
    auto taken = co_await expect(*dialogue, "AUTH", "+OK");
    if (!taken) co_return forward_error(taken);
  }
  auto there = co_await expect(*dialogue, "PING", "+PONG");
  if (!there) co_return forward_error(there);
  auto info = co_await read_info(*dialogue);
  if (!info) co_return forward_error(info);
  co_return read_redis_info(*info);
}

}  // namespace hancock::slardar
