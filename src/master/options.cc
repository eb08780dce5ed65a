#include "master/options.h"

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "io/address.h"
#include "model/names.h"

namespace hancock::master {
namespace {

std::filesystem::path file_of(const std::filesystem::path& data) { return data / "master.json"; }

tl::unexpected<Error> wrong(std::string_view flag, std::string message) {
  return tl::unexpected(Error{ErrorCode::kInvalid, std::move(message), std::string(flag)});
}

Result<void> check_address(std::string_view flag, const std::string& text) {
  auto address = io::Address::parse(text);
  if (!address) return wrong(flag, fmt::format("{} {}: {}", flag, text, address.error().message));
  return {};
}

// etcd's JSON gateway fails when etcd is to choose its port, and its members must find each other again.
Result<void> check_etcd_address(std::string_view flag, const std::string& text) {
  auto address = io::Address::parse(text);
  if (!address) return wrong(flag, fmt::format("{} {}: {}", flag, text, address.error().message));
  if (address->port() == 0) return wrong(flag, fmt::format("{} {}: a port from 1 to 65535", flag, text));
  return {};
}

bool is_loopback(const std::string& text) {
  auto address = io::Address::parse(text);
  return address && (address->host().starts_with("127.") || address->host() == "::1");
}

Result<void> check(const MasterOptions& options) {
  if (!model::is_name(options.name)) {
    return wrong("--name", fmt::format("--name {}: a name is {}", options.name, model::kNameRule));
  }
  for (const auto& [flag, value] :
       {std::pair{"--listen", options.listen}, std::pair{"--etcd-client", options.etcd_client},
        std::pair{"--etcd-peer", options.etcd_peer}}) {
    if (value.empty()) return wrong(flag, fmt::format("{} HOST:PORT is needed at the first start", flag));
  }
  if (auto ok = check_address("--listen", options.listen); !ok) return forward_error(ok);
  if (auto ok = check_etcd_address("--etcd-client", options.etcd_client); !ok) return forward_error(ok);
  if (auto ok = check_etcd_address("--etcd-peer", options.etcd_peer); !ok) return forward_error(ok);
  if (!is_loopback(options.etcd_client)) {
    return wrong("--etcd-client",
                 fmt::format("--etcd-client {}: a loopback address; clients of the cluster use "
                             "the Master's own port",
                             options.etcd_client));
  }
  return {};
}

}  // namespace

Result<MasterOptions> load_options(const std::filesystem::path& data) {
  auto text = read_file(file_of(data), 64 << 10);
  if (!text) return forward_error(text);
  const auto json = nlohmann::json::parse(*text, nullptr, /*allow_exceptions=*/false);
  MasterOptions options{.data = data};
  const auto read = [&json](const char* key, auto& into) {
    const auto found = json.find(key);
    if (found == json.end()) return false;
    using Value = std::remove_reference_t<decltype(into)>;
    const bool fits = std::is_same_v<Value, bool> ? found->is_boolean() : found->is_string();
    if (fits) into = found->get<Value>();
    return fits;
  };
  if (!json.is_object() || !read("name", options.name) || !read("listen", options.listen) ||
      !read("etcd_client", options.etcd_client) || !read("etcd_peer", options.etcd_peer) ||
      !read("bootstrap", options.bootstrap)) {
    return fail(ErrorCode::kInvalid,
                "{} is damaged: name, listen, etcd_client, etcd_peer and bootstrap are expected",
                file_of(data).string());
  }
  return options;
}

Result<void> save_options(const MasterOptions& options) {
  const nlohmann::json json = {{"name", options.name},
                               {"listen", options.listen},
                               {"etcd_client", options.etcd_client},
                               {"etcd_peer", options.etcd_peer},
                               {"bootstrap", options.bootstrap}};
  return write_file(file_of(options.data), json.dump(2) + "\n", 0644, Durability::kSynced);
}

Result<MasterOptions> settle_options(MasterOptions given, const MasterOptions* remembered) {
  if (remembered == nullptr) {
    if (!given.bootstrap) {
      return fail(ErrorCode::kInvalid, "{} holds no Master yet: --bootstrap makes a new cluster there",
                  given.data.string());
    }
    if (given.name.empty()) given.name = kDefaultMasterName;
  } else {
    if (given.name.empty()) given.name = remembered->name;
    if (given.listen.empty()) given.listen = remembered->listen;
    if (given.etcd_client.empty()) given.etcd_client = remembered->etcd_client;
    if (given.etcd_peer.empty()) given.etcd_peer = remembered->etcd_peer;
    given.bootstrap = remembered->bootstrap;
    if (given.name != remembered->name || given.etcd_peer != remembered->etcd_peer) {
      return fail(ErrorCode::kConflict, "{} belongs to Master {} with --etcd-peer {}: a member keeps both",
                  given.data.string(), remembered->name, remembered->etcd_peer);
    }
  }
  if (auto ok = check(given); !ok) return forward_error(ok);
  return given;
}

}  // namespace hancock::master
