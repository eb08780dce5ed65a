#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <thread>

#include "slardar/admin/access.h"
#include "slardar/confd/state_file.h"
#include "slardar/config/config_file.h"
#include "slardar/config/config_schema.h"
#include "slardar/tls/certificate_files.h"

namespace hancock::slardar {
namespace {

using model::YamlNode;

/// A flag that says what a key of the configuration does: "--max-stale" is `max_stale`.
struct KeyFlag {
  std::string_view name;
  std::string_view help;
  enum class Takes { kOne, kEach, kCommas } takes = Takes::kOne;
};
constexpr KeyFlag kKeyFlags[] = {
    {"http", "address to serve HTTP on; repeatable", KeyFlag::Takes::kEach},
    {"https", "address to serve HTTPS on; repeatable", KeyFlag::Takes::kEach},
    {"certificates", "CHAIN:KEY: a certificate's files in PEM, the first for who names none; repeatable",
     KeyFlag::Takes::kEach},
    {"tcp", "ADDR=UPSTREAM: TCP to an upstream of that name; repeatable", KeyFlag::Takes::kEach},
    {"tcp-bind", "IP on which routes' TCP ports listen [0.0.0.0]"},
    {"admin", "address of the admin API [127.0.0.1:1995]"},
    {"admin-token-file", "file of tokens, one a line, of which the admin API asks for one"},
    {"admin-allow", "networks that need no token for the admin API, comma-separated",
     KeyFlag::Takes::kCommas},
    {"etcd", "etcd's members, host:port, comma-separated", KeyFlag::Takes::kCommas},
    {"prefix", "where the Registry stands in etcd [/hancock/]"},
    {"state",
     "file that keeps what the admin API changes, without etcd; beside it, as FILE.snapshot, the "
     "last good snapshot"},
    {"id", "this gateway's id; a new one each start unless given"},
    {"site", "the Site it stands in"},
    {"prefer-site", "true: Tasks of its own Site come first, as long as enough of them do well [false]"},
    {"address", "what it calls its address in the Registry"},
    {"workers", "worker threads; as many as cores unless given"},
    {"drain", "how long SIGTERM waits for what is in flight [30s]"},
    {"drain-delay", "how long SIGTERM before that only says in /readyz that it goes [0s]"},
    {"proxy-protocol", "networks whose connections begin with a PROXY header, comma-separated",
     KeyFlag::Takes::kCommas},
    {"access-log", "FILE or stdout: a line for each request and TCP stream; off unless given"},
    {"access-log-format", "json or combined [json]"},
    {"traceparent", "for requests without one: unsampled, sampled or pass (none) [unsampled]"},
    {"via", "whether peers are told by Via that a gateway stands before them [true]"},
    {"max-stale", "how long out of touch with the Registry Hancock's endpoints are still served [12h]"},
};

// Named in the contract, built by later work: refused, never ignored.
constexpr std::string_view kLaterFlags[] = {"--etcd-user", "--etcd-password-file"};

struct Refused {
  std::vector<std::string> mistakes;
};

[[noreturn]] void refuse(std::string mistake) { throw Refused{{std::move(mistake)}}; }

/// The flags as typed.
struct Flags {
  std::string config;
  std::string upstreams;
  bool check = false;
  bool upgrade = false;
  std::map<std::string_view, std::vector<std::string>> keys;  // by KeyFlag::name
};

void describe(CLI::App& app, Flags& flags) {
  app.add_option("--config", flags.config, "file that configures it; flags go over what it says");
  app.add_flag("--check", flags.check, "says whether flags and files are right, and ends");
  app.add_flag("--upgrade", flags.upgrade,
               "takes over from the process that serves, which then drains and ends");
  app.add_option("--upstreams", flags.upstreams, "file of upstreams, for use without etcd");
  for (const KeyFlag& each : kKeyFlags) {
    auto* const option =
        app.add_option("--" + std::string(each.name), flags.keys[each.name], std::string(each.help));
    option->expected(1);
    if (each.takes == KeyFlag::Takes::kEach) option->take_all();
  }
  app.set_version_flag("--version", "slardar " + std::string(kVersion));
  for (const std::string_view later : kLaterFlags) {
    app.add_option_function<std::string>(
           std::string(later),
           [later](const std::string& value) {
             refuse(fmt::format("{}: {}: not supported yet", later, value));
           },
           "not supported yet")
        ->trigger_on_parse();
  }
}

YamlNode scalar(std::string text) {
  YamlNode node;
  node.kind = YamlNode::Kind::kScalar;
  node.text = std::move(text);
  return node;
}

YamlNode value_of(const KeyFlag& flag, const std::vector<std::string>& typed) {
  if (flag.takes == KeyFlag::Takes::kOne) return scalar(typed.front());
  YamlNode list;
  list.kind = YamlNode::Kind::kList;
  for (const std::string& each : typed) {
    const bool split = flag.takes == KeyFlag::Takes::kCommas;
    for (size_t at = 0; at <= each.size();) {
      const size_t end = split ? std::min(each.find(',', at), each.size()) : each.size();
      list.items.push_back(scalar(each.substr(at, end - at)));
      at = end + 1;
    }
  }
  return list;
}

/// The same flags as the file that would say the same.
YamlNode as_file(const Flags& flags) {
  YamlNode file;
  file.kind = YamlNode::Kind::kMap;
  for (const KeyFlag& each : kKeyFlags) {
    const std::vector<std::string>& typed = flags.keys.at(each.name);
    if (typed.empty()) continue;
    model::YamlKey key;
    key.text = each.name;
    std::replace(key.text.begin(), key.text.end(), '-', '_');
    file.keys.push_back(std::move(key));
    file.items.push_back(value_of(each, typed));
  }
  return file;
}

std::string of_flag(const model::SpecError& mistake) {
  std::string flag = mistake.field.substr(0, mistake.field.find('['));
  std::replace(flag.begin(), flag.end(), '_', '-');
  return fmt::format("--{}: {}: must be {}", flag, mistake.value, mistake.allowed);
}

void check_certificates(const Config& config) {
  if (!config.https.empty() && config.certificates.empty() && config.etcd.empty())
    refuse("--https: without --etcd the certificates are to be named: --certificates CHAIN:KEY");
  CertificateFiles files(config.certificates);
  files.look();
  Refused refused;
  for (const auto& [file, why] : files.refused())
    refused.mistakes.push_back(fmt::format("certificates: {}: {}", file, why));
  if (!refused.mistakes.empty()) throw refused;
}

bool is_loopback(const io::Address& address) {
  const std::string host = address.host();
  return address.family() == AF_UNIX || host.starts_with("127.") || host == "::1";
}

void check_admin(Config& config) {
  if (!config.admin_token_file.empty()) {
    auto tokens = read_tokens(config.admin_token_file);
    if (!tokens) refuse("--admin-token-file: " + tokens.error().message);
    config.admin_tokens = std::move(*tokens);
  }
  if (!is_loopback(config.admin) && config.admin_tokens.empty() && config.admin_allow.empty()) {
    refuse(
        fmt::format("--admin: {}: must be a loopback address, unless --admin-token-file or --admin-allow "
                    "says who may use it",
                    config.admin.to_string()));
  }
}

void check_records(const Config& config) {
  const bool is_alone = config.etcd.empty();
  if (is_alone && config.upstreams.empty() && config.state.empty()) {
    refuse(
        "--etcd: missing: must be host:port of etcd's members, comma-separated; or --upstreams FILE, or "
        "--state FILE for what the admin API changes");
  }
  if (!is_alone && !config.upstreams.empty())
    refuse("--upstreams: with --etcd the Registry names the upstreams");
  if (!is_alone || config.state.empty()) return;
  const auto changes = load_changes(config.state);
  if (!changes && changes.error().code != ErrorCode::kNotFound) refuse("--state: " + changes.error().message);
}

Config config_of(const Flags& flags) {
  Config config;
  config.workers = std::max(1U, std::thread::hardware_concurrency());
  Refused refused;
  const auto add = [&](std::vector<std::string> mistakes) {
    std::move(mistakes.begin(), mistakes.end(), std::back_inserter(refused.mistakes));
  };
  if (!flags.config.empty()) add(read_config_file(flags.config, config));
  if (!flags.upstreams.empty()) add(read_upstreams_file(flags.upstreams, config));
  const YamlNode typed = as_file(flags);
  model::spec::Report report(std::size(kKeyFlags));
  config_schema().read(report, model::spec::Place(typed), config);
  for (const model::SpecError& mistake : report.take()) refused.mistakes.push_back(of_flag(mistake));
  if (!refused.mistakes.empty()) throw refused;
  check_records(config);
  check_admin(config);
  check_certificates(config);
  config.upgrade = flags.upgrade;
  if (config.upgrade && config.admin.family() != AF_UNIX && config.admin.port() == 0)
    refuse(fmt::format("--admin: {}: must name a port: --upgrade finds the process that serves by it",
                       config.admin.to_string()));
  return config;
}

}  // namespace

CommandLine parse_command_line(int argc, const char* const* argv) {
  CommandLine result;
  Flags flags;
  CLI::App app("slardar: a stateless HTTP and TCP gateway that is configured while it runs", "slardar");
  try {
    describe(app, flags);
    app.parse(argc, argv);
    Config config = config_of(flags);
    if (flags.check) {
      result.text = "slardar: flags and files are right\n";
    } else {
      result.config = std::move(config);
    }
  } catch (const Refused& refused) {
    result.exit_code = 2;
    for (const std::string& mistake : refused.mistakes) result.text += "slardar: " + mistake + "\n";
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
