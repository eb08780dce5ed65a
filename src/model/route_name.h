// What the hosts, paths and names of routes and probes must look like. Pure; any thread.
#pragma once

#include <cstddef>
#include <string_view>

namespace hancock::model {

/// Entrances of one Service: each is a claim in the store, and with the rest of what a deploy writes they
/// stay within one transaction.
inline constexpr size_t kEntrancesMax = 100;

inline constexpr std::string_view kHostRule =
    "a DNS name in lower case without port, like shop.test, *.shop.test, or * for the default route";
/// "shop.test", "*.shop.test", "*": labels of RFC 1123, lower case, at most 253 bytes.
bool is_route_host(std::string_view text);

inline constexpr std::string_view kServerNameRule = "a DNS name in lower case, like db.test or *.db.test";
/// What TLS asks for (SNI): a host, but not all of them.
bool is_server_name(std::string_view text);

inline constexpr std::string_view kCertificateRule =
    "a certificate's name: letters, digits, -, _ and ., at most 128";
bool is_certificate_name(std::string_view text);

inline constexpr std::string_view kPathRule =
    "a path that starts with /, without ?, # and blanks, at most 1024 bytes";
bool is_route_path(std::string_view text);

/// The target of a probe's request: it may have a query.
inline constexpr std::string_view kProbePathRule =
    "a path that starts with /, without # and blanks, at most 1024 bytes";
bool is_probe_path(std::string_view text);

}  // namespace hancock::model
