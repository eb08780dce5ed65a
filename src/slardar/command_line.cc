#include <CLI/CLI.hpp>
#include <charconv>
#include <thread>

#include "slardar/config.h"
#include "slardar/upstream_record.h"

namespace hancock::slardar {
namespace {

constexpr size_t kWorkersMax = 256;
constexpr Duration kDurationMax = 24h * 365;

/// The flags as typed.
struct Flags {
  std::vector<std::string> http, tcp;
  std::string tcp_bind = "0.0.0.0", admin = "127.0.0.1:1995", etcd, prefix = "/hancock/", state, id, site,
              address, drain = "30s", max_stale = "12h", workers;
};

// Named in the contract, built by later work: refused, never ignored.
constexpr std::string_view kLaterFlags[] = {"--config",    "--https",     "--admin-token-file",
                                            "--etcd-user", "--upstreams", "--etcd-password-file"};
constexpr std::string_view kLaterSwitches[] = {"--check", "--upgrade"};

struct Refused {
  std::string message;
};

[[noreturn]] void refuse(std::string_view flag, std::string_view value, std::string_view allowed) {
  throw Refused{value.empty() ? fmt::format("slardar: {}: {}", flag, allowed)
                              : fmt::format("slardar: {}: {}: {}", flag, value, allowed)};
}

io::Address address_of(std::string_view flag, const std::string& text) {
  auto address = io::Address::parse(text);
  if (!address || (address->port() == 0 && text.find(":0") == std::string::npos))
    refuse(flag, text, "IP:PORT, [IPv6]:PORT or :PORT is allowed");
  return *address;
}

std::vector<io::Address> list_of(std::string_view flag, const std::string& text) {
  std::vector<io::Address> list;
  for (size_t at = 0; at <= text.size();) {
    const size_t comma = std::min(text.find(',', at), text.size());
    std::string item = text.substr(at, comma - at);
    if (item.starts_with("http://")) item.erase(0, 7);
    list.push_back(address_of(flag, item));
    at = comma + 1;
  }
  return list;
}

Duration duration_of(std::string_view flag, const std::string& text) {
  static constexpr std::pair<std::string_view, Duration> kUnits[] = {
      {"ms", 1ms}, {"s", 1s}, {"m", 1min}, {"h", 1h}, {"d", 24h}};
  int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  const std::string_view unit(end, static_cast<size_t>(text.data() + text.size() - end));
  for (const auto& [name, span] : kUnits) {
    if (error == std::errc() && unit == name && count >= 0 && count <= kDurationMax / span)
      return count * span;
  }
  refuse(flag, text, "a number with ms, s, m, h or d is allowed, at most 365d");
}

size_t workers_of(const std::string& text) {
  if (text.empty()) return std::max(1U, std::thread::hardware_concurrency());
  size_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc() || end != text.data() + text.size() || count < 1 || count > kWorkersMax)
    refuse("--workers", text, fmt::format("1 to {} is allowed", kWorkersMax));
  return count;
}

Config::FixedTcp fixed_tcp_of(const std::string& text) {
  const size_t equals = text.find('=');
  if (equals == std::string::npos || !is_upstream_name(text.substr(equals + 1)))
    refuse("--tcp", text, "ADDR=UPSTREAM is allowed");
  return {address_of("--tcp", text.substr(0, equals)), text.substr(equals + 1)};
}

Config check(const Flags& flags) {
  Config config;
  for (const std::string& each : flags.http) config.http.push_back(address_of("--http", each));
  for (const std::string& each : flags.tcp) config.tcp.push_back(fixed_tcp_of(each));
  if (!io::Address::of(flags.tcp_bind, 1)) refuse("--tcp-bind", flags.tcp_bind, "an IP address is allowed");
  config.tcp_bind = flags.tcp_bind;
  config.admin = address_of("--admin", flags.admin);
  const std::string admin_ip = config.admin.host();
  if (config.admin.family() != AF_UNIX && !admin_ip.starts_with("127.") && admin_ip != "::1")
    refuse("--admin", flags.admin,
           "a loopback address is allowed; tokens for wider ones are not "
           "supported yet");
  if (flags.etcd.empty())
    throw Refused{
        "slardar: --etcd: missing: host:port of etcd's members, "
        "comma-separated, is needed"};
  config.etcd = list_of("--etcd", flags.etcd);
  if (!flags.prefix.starts_with('/') || !flags.prefix.ends_with('/') || flags.prefix.size() < 2)
    refuse("--prefix", flags.prefix, "/NAME/ is allowed");
  config.prefix = flags.prefix;
  config.state = flags.state;
  if (!flags.id.empty() && !is_upstream_name(flags.id))
    refuse("--id", flags.id, "1 to 253 of a-z, A-Z, 0-9, '-', '_' and '.' are allowed");
  config.id = flags.id;
  config.site = flags.site;
  config.address = flags.address;
  config.workers = workers_of(flags.workers);
  config.drain = duration_of("--drain", flags.drain);
  config.max_stale = duration_of("--max-stale", flags.max_stale);
  return config;
}

void describe(CLI::App& app, Flags& flags) {
  app.add_option("--http", flags.http, "address to serve HTTP on; repeatable")->take_all();
  app.add_option("--tcp", flags.tcp, "ADDR=UPSTREAM: TCP to an upstream of that name; repeatable")
      ->take_all();
  app.add_option("--tcp-bind", flags.tcp_bind, "IP on which routes' TCP ports listen")->capture_default_str();
  app.add_option("--admin", flags.admin, "address of the admin API")->capture_default_str();
  app.add_option("--etcd", flags.etcd, "etcd's members, host:port, comma-separated");
  app.add_option("--prefix", flags.prefix, "where the Registry stands in etcd")->capture_default_str();
  app.add_option("--state", flags.state, "file; the last good snapshot is kept beside it as FILE.snapshot");
  app.add_option("--id", flags.id, "this gateway's id; a new one each start unless given");
  app.add_option("--site", flags.site, "the Site it stands in");
  app.add_option("--address", flags.address, "what it calls its address in the Registry");
  app.add_option("--workers", flags.workers, "worker threads; as many as cores unless given");
  app.add_option("--drain", flags.drain, "how long SIGTERM waits for what is in flight")
      ->capture_default_str();
  app.add_option("--max-stale", flags.max_stale,
                 "how long out of touch with the Registry Hancock's endpoints "
                 "are still served")
      ->capture_default_str();
  app.set_version_flag("--version", "slardar " + std::string(kVersion));
  for (const std::string_view later : kLaterFlags) {
    app.add_option_function<std::string>(
           std::string(later),
           [later](const std::string& value) { refuse(later, value, "not supported yet"); },
           "not supported yet")
        ->trigger_on_parse();
  }
  for (const std::string_view later : kLaterSwitches) {
    app.add_flag_callback(
           std::string(later), [later] { refuse(later, "", "not supported yet"); }, "not supported yet")
        ->trigger_on_parse();
  }
}

}  // namespace

CommandLine parse_command_line(int argc, const char* const* argv) {
  CommandLine result;
  Flags flags;
  CLI::App app(
      "slardar: a stateless HTTP and TCP gateway that is configured "
      "while it runs",
      "slardar");
  try {
    describe(app, flags);
    app.parse(argc, argv);
    result.config = check(flags);
  } catch (const Refused& refused) {
    result = {std::nullopt, 2, refused.message + "\n"};
  } catch (const CLI::CallForHelp&) {
    result = {std::nullopt, 0, app.help()};
  } catch (const CLI::CallForVersion& version) {
    result = {std::nullopt, 0, std::string(version.what()) + "\n"};
  } catch (const CLI::ParseError& error) {
    result = {std::nullopt, 2, fmt::format("slardar: {}\n", error.what())};
  }
  return result;
}

}  // namespace hancock::slardar
