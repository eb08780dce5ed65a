#include "slardar/check/http_check.h"

#include "base/number.h"
#include "slardar/check/checks.h"
#include "slardar/check/dialogue.h"

namespace hancock::slardar {
namespace {

constexpr std::string_view kQuery = "GET / HTTP/1.0\r\n\r\n";
constexpr size_t kShownMax = 60;

}  // namespace

std::optional<int> status_of_line(std::string_view line) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  constexpr std::string_view kBegin = "HTTP/";
  if (line.size() < 12 || !line.starts_with(kBegin)) return std::nullopt;
  if (!is_digit(line[5]) || line[6] != '.' || !is_digit(line[7]) || line[8] != ' ') return std::nullopt;
  if (line.size() > 12 && line[12] != ' ') return std::nullopt;
  const auto status = parse_number<int>(line.substr(9, 3));
  if (!status || *status < 100 || *status > 599) return std::nullopt;
  return *status;
}

io::Async<Result<CheckFacts>> check_http(io::Loop& loop, const CheckTarget& target,
                                         const CheckOptions& options, TimePoint deadline) {
  auto dialogue = co_await Dialogue::open(loop, target, deadline);
  if (!dialogue) co_return forward_error(dialogue);
  const std::string_view query = options.query.empty() ? kQuery : std::string_view(options.query);
  auto said = co_await dialogue->say(query);
  if (!said) co_return forward_error(said);
  auto line = co_await dialogue->line();
  if (!line) co_return forward_error(line);
  dialogue->cut();
  const auto status = status_of_line(*line);
  if (!status) co_return fail(ErrorCode::kInvalid, "no status line: {}", line->substr(0, kShownMax));
  const auto known = options.statuses.find(*status);
  if (known != options.statuses.end() && !known->second)
    co_return fail(ErrorCode::kUnavailable, "status {}", *status);
  co_return CheckFacts();
}

}  // namespace hancock::slardar
