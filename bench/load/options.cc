#include "load/options.h"

#include <CLI/CLI.hpp>

namespace hancock::load {
namespace {

Result<std::vector<io::Address>> addresses(const std::vector<std::string>& texts) {
  std::vector<io::Address> all;
  for (const std::string& text : texts) {
    auto address = io::Address::parse(text);
    if (!address) return forward_error(address);
    all.push_back(std::move(*address));
  }
  return all;
}

}  // namespace

Result<Options> Options::parse(int argc, char** argv) {
  Options options;
  std::vector<std::string> gateways, tcp;
  uint64_t slow_ms = 1000, patience_ms = 10'000, drain_ms = 0;
  CLI::App app(
      "Visitors of a sample app at a constant rate, whatever the answers; says which requests failed.");
  app.add_option("--gateway", gateways, "HTTP address of each gateway, comma-separated")
      ->delimiter(',')
      ->required();
  app.add_option("--tcp", tcp, "the same gateways' TCP entrances")->delimiter(',');
  app.add_option("--host", options.host, "whom to visit")->required();
  app.add_option("--rate", options.rate, "requests a second")->check(CLI::Range(1, 100'000));
  app.add_option("--count", options.count, "requests");
  app.add_flag("--go-on", options.goes_on, "after them, until SIGTERM");
  app.add_option("--at-once", options.at_once, "further requests are held back; they count as late")
      ->check(CLI::Range(1, 100'000));
  app.add_option("--websockets", options.web_sockets, "that stay, beside the requests");
  app.add_option("--streams", options.streams, "of TCP that stay, beside the requests");
  app.add_option("--slow-ms", slow_ms, "what a slow answer takes")->check(CLI::Range(0, 600'000));
  app.add_option("--patience-ms", patience_ms, "with an answer")->check(CLI::Range(1, 600'000));
  app.add_option("--drain-ms", drain_ms, "how long streams may stay on a Version that was replaced");
  app.add_option("--log", options.log, "file for a line of each request");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return fail(ErrorCode::kInvalid, "{}", error.get_exit_code() == 0 ? app.help() : error.what());
  }
  auto http = addresses(gateways);
  if (!http) return forward_error(http, "--gateway");
  auto entrances = addresses(tcp);
  if (!entrances) return forward_error(entrances, "--tcp");
  options.gateways = std::move(*http);
  options.tcp = std::move(*entrances);
  options.slow = std::chrono::milliseconds(slow_ms);
  options.patience = std::chrono::milliseconds(patience_ms);
  options.drain_timeout = std::chrono::milliseconds(drain_ms);
  return options;
}

}  // namespace hancock::load
