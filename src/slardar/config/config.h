// Config: what the flags and the file say (docs/slardar.md), checked. Values only.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "io/address.h"
#include "slardar/http/traceparent.h"
#include "slardar/log/access_line.h"
#include "slardar/tcp/network.h"

namespace hancock::slardar {

struct Config {
  struct FixedTcp {
    io::Address address;
    std::string upstream;
  };
  struct CertificatePair {  // files in PEM
    std::string chain;
    std::string key;
  };
  std::vector<io::Address> http;
  std::vector<io::Address> https;
  std::vector<CertificatePair> certificates;  // the first is the default
  std::vector<FixedTcp> tcp;
  std::string tcp_bind = "0.0.0.0";
  io::Address admin = *io::Address::parse("127.0.0.1:1995");
  std::string admin_token_file;           // "" = no token is asked for
  std::vector<std::string> admin_tokens;  // what stood there
  std::vector<Network> admin_allow;       // whose addresses need none
  std::vector<io::Address> etcd;          // none: what is served stands in `upstreams`
  /// Name and body of each, checked.
  std::vector<std::pair<std::string, std::string>> upstreams;
  std::string prefix = "/hancock/";
  std::string state;  // "" = nothing is kept on disk
  std::string id;     // "" = a new one
  std::string site;
  bool prefer_site = false;  // Tasks that stand there come first
  std::string address;       // "" = the first HTTP listener's
  size_t workers = 1;
  size_t descriptors = 65'536;  // that this process may have open
  Duration drain = 30s;
  Duration drain_delay = 0s;            // so long it only says that it is not ready
  std::vector<Network> proxy_protocol;  // whose connections begin with a PROXY header
  std::string access_log;               // a file, "stdout", or "" for none
  AccessLogFormat access_log_format = AccessLogFormat::kJson;
  TraceStart trace_start = TraceStart::kUnsampled;
  bool via = true;           // peers are told that a gateway stands before them
  bool upgrade = false;      // takes over from the process that serves, if there is one
  std::string resolvers;     // name servers, "" = those of /etc/resolv.conf
  Duration max_stale = 12h;  // an older snapshot serves no endpoints of Hancock
};

/// What the command line came to: a Config, or text to print and an exit code.
struct CommandLine {
  std::optional<Config> config;
  int exit_code = 0;
  std::string text;
};

/// Wrong flags and values: exit code 2 and a message that names flag, value and what is allowed.
CommandLine parse_command_line(int argc, const char* const* argv);

inline constexpr std::string_view kVersion = "0.1.0";

}  // namespace hancock::slardar
