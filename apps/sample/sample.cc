#include "sample.h"

#include <charconv>
#include <cstdlib>

#include "base/random.h"
#include "web_socket.h"

namespace hancock::sample {
namespace {

constexpr size_t kPieceBytes = 64 << 10;
constexpr uint64_t kBytesMax = 1ULL << 30;
constexpr uint64_t kSlowMaxMs = 600'000;

std::string text_of(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

std::optional<uint64_t> number_of(std::string_view text) {
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

uint64_t number_from_environment(const char* name, uint64_t otherwise) {
  const std::string text = text_of(name);
  return text.empty() ? otherwise : number_of(text).value_or(otherwise);
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) < 0x20) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    } else {
      out += c;
    }
  }
  return out + '"';
}

http::Response plain(int status, std::string body) {
  http::Response response;
  response.status = status;
  response.headers.set("Content-Type", "text/plain");
  response.body = std::move(body);
  return response;
}

/// Who answers.
http::Headers signature(const Settings& settings) {
  return {{"Sample-Version", settings.version}, {"Sample-Task", settings.task}};
}

http::Response greeting(const Settings& settings) {
  http::Response response(200, {}, signature(settings));
  response.headers.set("Content-Type", "application/json");
  if (settings.fail_percent > 0 && system_random().below(100) < settings.fail_percent) response.status = 500;
  response.body =
      fmt::format("{{\"version\":{},\"task\":{},\"node\":{},\"greeting\":{}}}\n", quoted(settings.version),
                  quoted(settings.task), quoted(settings.node), quoted(settings.greeting));
  return response;
}

io::Async<void> send_bytes(http::Exchange& exchange, uint64_t count) {
  http::ResponseHead head(200);
  head.headers.set("Content-Length", std::to_string(count));
  const auto started = co_await exchange.start(std::move(head));
  if (!started) co_return;
  const std::string piece(kPieceBytes, 'x');
  for (uint64_t left = count; left > 0;) {
    const std::string_view next(piece.data(), std::min<uint64_t>(left, piece.size()));
    const auto written = co_await exchange.write(next);
    if (!written) co_return;
    left -= next.size();
  }
  co_await exchange.finish();
}

io::Async<void> echo(const Settings& settings, http::Exchange& exchange) {
  static uint64_t echoes = 0;
  http::ResponseHead head(200, signature(settings));
  head.headers.set("Sample-Number", std::to_string(++echoes));
  if (const auto length = exchange.request().headers.get("Content-Length"))
    head.headers.set("Content-Length", *length);
  const auto started = co_await exchange.start(std::move(head));
  if (!started) co_return;
  while (true) {
    const auto piece = co_await exchange.body().read(exchange.loop().now() + 30s);
    if (!piece) co_return;
    if (piece->empty()) break;
    const auto written = co_await exchange.write(*piece);
    if (!written) co_return;
  }
  co_await exchange.finish();
}

}  // namespace

Settings Settings::from_environment() {
  Settings settings;
  settings.version = text_of("HANCOCK_VERSION");
  settings.task = text_of("HANCOCK_TASK");
  settings.node = text_of("HANCOCK_NODE");
  settings.greeting = text_of("GREETING");
  settings.port = static_cast<uint16_t>(number_from_environment("PORT", 8080));
  settings.start_delay = std::chrono::milliseconds(number_from_environment("START_DELAY_MS", 0));
  settings.exit_after = std::chrono::milliseconds(number_from_environment("EXIT_AFTER_MS", 0));
  settings.log_every = std::chrono::milliseconds(number_from_environment("LOG_EVERY_MS", 0));
  settings.fail_percent = number_from_environment("FAIL_PERCENT", 0);
  return settings;
}

io::Async<void> answer(const Settings& settings, http::Exchange& exchange) {
  const std::string_view path = exchange.request().path();
  http::Response response = plain(404, "no such page\n");
  if (path == "/") {
    response = greeting(settings);
  } else if (path == "/slow") {
    const auto wait = number_of(exchange.request().parameter("ms").value_or(""));
    if (!wait || *wait > kSlowMaxMs) {
      response = plain(400, "want /slow?ms=0..600000\n");
    } else {
      co_await exchange.loop().sleep_for(std::chrono::milliseconds(*wait));
      response = greeting(settings);
    }
  } else if (path.starts_with("/status/")) {
    const auto status = number_of(path.substr(8));
    const bool fine = status && *status >= 200 && *status <= 599;
    response = fine ? plain(static_cast<int>(*status), "") : plain(400, "want /status/200..599\n");
  } else if (path.starts_with("/bytes/")) {
    const auto count = number_of(path.substr(7));
    if (count && *count <= kBytesMax) {
      co_await send_bytes(exchange, *count);
      co_return;
    }
    response = plain(400, "want /bytes/0..1073741824\n");
  } else if (path == "/echo") {
    co_await echo(settings, exchange);
    co_return;
  } else if (path == "/ws") {
    co_await echo_web_socket(exchange, signature(settings));
    co_return;
  }
  co_await exchange.respond(std::move(response));
}

}  // namespace hancock::sample
