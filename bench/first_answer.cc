// first_answer: starts a command and asks an address every few milliseconds, each time on a new connection
// and whether or not the last one has been answered, until one answer is 200. Prints the milliseconds from
// the command's start to that answer.
//
//   bench_first_answer during 127.0.0.1:8080 shop.test hancock deploy shop.yaml
//   bench_first_answer after 127.0.0.1:8080 localhost docker run -d -p 8080:8080 shop
//
// `during`: it asks from the command's start on; `after`: from its end on.
#include <array>
#include <cstdio>
#include <optional>
#include <string>

#include "base/process.h"
#include "io/loop.h"
#include "io/scope.h"
#include "io/tcp.h"

namespace {

using namespace hancock;

constexpr Duration kAskEvery = 4ms;
constexpr Duration kPatience = 60s;

double milliseconds(Duration span) { return std::chrono::duration<double, std::milli>(span).count(); }

struct Question {
  io::Address address;
  std::string request;
  TimePoint deadline;
};

/// Sets `answered` at the first 200.
io::Async<void> ask(io::Loop& loop, const Question& question, std::optional<TimePoint>& answered) {
  auto stream = co_await io::connect(loop, question.address, question.deadline);
  if (!stream) co_return;
  auto sent = co_await (*stream)->send(question.request, question.deadline);
  if (!sent) co_return;
  std::array<char, 4096> answer{};
  auto size = co_await (*stream)->recv(answer, question.deadline);
  const bool good = size && std::string_view(answer.data(), *size).starts_with("HTTP/1.1 200");
  if (good && !answered) answered = loop.now();
}

io::Async<std::optional<TimePoint>> first_answer(io::Loop& loop, const Question& question) {
  std::optional<TimePoint> answered;
  io::Scope asking;
  while (!answered && loop.now() < question.deadline) {
    asking.spawn(ask(loop, question, answered));
    co_await loop.sleep_for(kAskEvery);
  }
  asking.cancel();
  co_return answered;
}

int give_up(const std::string& why) {
  std::fprintf(stderr, "%s\n", why.c_str());
  return 1;
}

io::Async<int> measure(io::Loop& loop, io::Address address, std::string host, std::vector<std::string> argv,
                       bool after) {
  const SpawnOptions options{.argv = std::move(argv), .log = "/dev/stderr"};
  const TimePoint started = loop.now();
  const Question question{std::move(address),
                          "GET / HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n",
                          started + kPatience};
  auto command = Process::spawn(options);
  if (!command) co_return give_up(command.error().message);
  if (after) (void)command->wait(question.deadline);
  const auto answered = co_await first_answer(loop, question);
  if (!answered) co_return give_up("no answer within a minute");
  const auto ended = command->wait(question.deadline);
  if (!ended) co_return give_up(ended.error().message);
  if (!ended->ok()) co_return give_up("the command failed: " + ended->describe());
  std::printf("%.1f\n", milliseconds(*answered - started));
  co_return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string when = argc > 1 ? argv[1] : "";
  const auto address = argc > 4 ? io::Address::parse(argv[2]) : Result<io::Address>();
  if (argc < 5 || !address || (when != "during" && when != "after")) {
    std::fprintf(stderr, "usage: %s during|after ADDRESS HOST COMMAND...\n", argv[0]);
    return 2;
  }
  io::Loop loop;
  return loop.block_on(measure(loop, *address, argv[3], {argv + 4, argv + argc}, when == "after"));
}
