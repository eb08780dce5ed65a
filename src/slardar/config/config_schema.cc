#include "slardar/config/config_schema.h"

#include <fmt/format.h>

#include "slardar/confd/upstream_record.h"
#include "slardar/config/static_upstreams.h"

namespace hancock::slardar {

namespace spec = model::spec;

namespace {

constexpr uint32_t kWorkersMax = 256;
constexpr size_t kCertificatesMax = 1'000;
constexpr size_t kListMax = 1'000;  // each a listening socket of each worker

spec::Scalar<io::Address> address() {
  return {"IP:PORT, [IPv6]:PORT or :PORT",
          [](std::string_view text) -> std::optional<io::Address> {
            auto parsed = io::Address::parse(text);
            const bool right = parsed && (parsed->port() != 0 || text.ends_with(":0"));
            return right ? std::optional(*parsed) : std::nullopt;
          },
          {}};
}

spec::Scalar<std::string> resolvers() {
  return {"name servers, like 10.0.0.1,10.0.0.2:5353",
          [](std::string_view text) -> std::optional<std::string> {
            for (std::string_view rest = text; !rest.empty();) {
              const std::string_view one = rest.substr(0, rest.find(','));
              if (!io::Address::of(one, 53) && !address().parse(one)) return std::nullopt;
              rest.remove_prefix(std::min(rest.size(), one.size() + 1));
            }
            return text.empty() ? std::nullopt : std::optional(std::string(text));
          },
          {}};
}

spec::Scalar<io::Address> etcd_member() {
  return {"host:port of a member of etcd",
          [](std::string_view text) -> std::optional<io::Address> {
            constexpr std::string_view kScheme = "http://";
            if (text.starts_with(kScheme)) text.remove_prefix(kScheme.size());
            return address().parse(text);
          },
          {}};
}

spec::Scalar<Config::FixedTcp> fixed_tcp() {
  return {"ADDR=UPSTREAM",
          [](std::string_view text) -> std::optional<Config::FixedTcp> {
            const size_t equals = std::min(text.find('='), text.size());
            const auto where = address().parse(text.substr(0, equals));
            const std::string_view upstream = text.substr(std::min(equals + 1, text.size()));
            if (!where || !is_upstream_name(upstream)) return std::nullopt;
            return Config::FixedTcp{*where, std::string(upstream)};
          },
          {}};
}

spec::Scalar<Config::CertificatePair> certificate_pair() {
  return {"CHAIN:KEY, two files, or {chain: FILE, key: FILE}",
          [](std::string_view text) -> std::optional<Config::CertificatePair> {
            const size_t colon = text.find(':');
            const bool both = colon != std::string_view::npos && colon > 0 && colon + 1 < text.size();
            if (!both || text.find(':', colon + 1) != std::string_view::npos) return std::nullopt;
            return Config::CertificatePair{std::string(text.substr(0, colon)),
                                           std::string(text.substr(colon + 1))};
          },
          {}};
}

const spec::Schema<Config::CertificatePair>& certificate_schema() {
  using Pair = Config::CertificatePair;
  constexpr size_t kPathMax = 4096;
  static const spec::Schema<Pair> schema({
      spec::required("chain", spec::text(kPathMax),
                     [](Pair& pair, std::string path) { pair.chain = std::move(path); }),
      spec::required("key", spec::text(kPathMax),
                     [](Pair& pair, std::string path) { pair.key = std::move(path); }),
  });
  return schema;
}

void read_certificates(spec::Report& report, const spec::Place& place, Config& config) {
  if (!spec::is_list(report, place, "a list of {chain: FILE, key: FILE}", kCertificatesMax)) return;
  config.certificates.clear();
  for (const spec::Place& item : place.items()) {
    Config::CertificatePair pair;
    if (item.is(model::YamlNode::Kind::kMap)) {
      certificate_schema().read(report, item, pair);
    } else if (auto read = certificate_pair().read(report, item)) {
      pair = std::move(*read);
    }
    config.certificates.push_back(std::move(pair));
  }
}

spec::Scalar<std::string> ip() {
  return spec::text("an IP address",
                    [](std::string_view text) { return io::Address::of(text, 1).has_value(); });
}

spec::Scalar<Network> network() {
  return {"a network like 10.0.0.0/8, or an IP address",
          [](std::string_view text) -> std::optional<Network> {
            auto parsed = Network::parse(text);
            return parsed ? std::optional(*parsed) : std::nullopt;
          },
          {}};
}

spec::Scalar<std::string> prefix() {
  return spec::text("/NAME/", [](std::string_view text) {
    return text.size() > 2 && text.starts_with('/') && text.ends_with('/');
  });
}

spec::Scalar<std::string> id() {
  return spec::text("1 to 253 of a-z, A-Z, 0-9, '-', '_' and '.'", is_upstream_name);
}

template <class V>
spec::Key<Config> one(std::string_view key, spec::Scalar<V> scalar, V Config::*member) {
  return spec::optional(key, std::move(scalar),
                        [=](Config& config, V value) { config.*member = std::move(value); });
}

/// A list that is written takes the place of the one before.
template <class V>
spec::Key<Config> all(std::string_view key, std::string allowed, spec::Scalar<V> scalar,
                      std::vector<V> Config::*member) {
  return {key, [=](spec::Report& report, const spec::Place& place, Config& config) {
            if (!spec::is_list(report, place, allowed, kListMax)) return;
            std::vector<V>& list = config.*member;
            list.clear();
            for (const spec::Place& item : place.items()) {
              if (auto value = scalar.read(report, item)) list.push_back(std::move(*value));
            }
          }};
}

constexpr size_t kTextMax = 4096;

/// `admin: ADDR`, or a map with who may use it.
void read_admin(spec::Report& report, const spec::Place& place, Config& config) {
  static const spec::Schema<Config> schema({
      one("address", address(), &Config::admin),
      one("token_file", spec::text(kTextMax), &Config::admin_token_file),
      all("allow", "a list of networks", network(), &Config::admin_allow),
  });
  if (!place.written()) return;
  if (place.is(model::YamlNode::Kind::kMap)) return schema.read(report, place, config);
  if (auto value = address().read(report, place)) config.admin = *value;
}

}  // namespace

const spec::Schema<Config>& config_schema() {
  static const spec::Schema<Config> schema({
      all("http", "a list of addresses", address(), &Config::http),
      all("https", "a list of addresses", address(), &Config::https),
      spec::Key<Config>{"certificates", read_certificates},
      all("tcp", "a list of ADDR=UPSTREAM", fixed_tcp(), &Config::tcp),
      one("tcp_bind", ip(), &Config::tcp_bind),
      spec::Key<Config>{"admin", read_admin},
      one("admin_token_file", spec::text(kTextMax), &Config::admin_token_file),
      all("admin_allow", "a list of networks", network(), &Config::admin_allow),
      all("etcd", "a list of host:port", etcd_member(), &Config::etcd),
      one("prefix", prefix(), &Config::prefix),
      spec::Key<Config>{"upstreams", read_upstreams},
      one("state", spec::text(kTextMax), &Config::state),
      one("id", id(), &Config::id),
      one("site", spec::text(kTextMax), &Config::site),
      one("prefer_site", spec::boolean(), &Config::prefer_site),
      one("address", spec::text(kTextMax), &Config::address),
      spec::optional("workers", spec::whole_number(1, kWorkersMax),
                     [](Config& config, uint32_t count) { config.workers = count; }),
      all("proxy_protocol", "a list of networks", network(), &Config::proxy_protocol),
      one("drain", spec::duration(0s), &Config::drain),
      one("drain_delay", spec::duration(0s), &Config::drain_delay),
      spec::optional(
          "access_log", spec::text(kTextMax),
          [](Config& config, std::string to) { config.access_log = to == "off" ? "" : std::move(to); }),
      one("access_log_format",
          spec::one_of<AccessLogFormat>(
              {{"json", AccessLogFormat::kJson}, {"combined", AccessLogFormat::kCombined}}),
          &Config::access_log_format),
      one("traceparent",
          spec::one_of<TraceStart>({{"unsampled", TraceStart::kUnsampled},
                                    {"sampled", TraceStart::kSampled},
                                    {"pass", TraceStart::kPass}}),
          &Config::trace_start),
      one("via", spec::boolean(), &Config::via),
      one("resolvers", resolvers(), &Config::resolvers),
      one("max_stale", spec::duration(0s), &Config::max_stale),
  });
  return schema;
}

}  // namespace hancock::slardar
