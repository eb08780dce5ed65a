#include "agent/masters.h"

namespace hancock::agent {

Result<std::vector<io::Address>> Masters::parse(std::string_view list) {
  constexpr std::string_view kScheme = "http://";
  std::vector<io::Address> result;
  while (!list.empty()) {
    const size_t comma = list.find(',');
    std::string_view part = list.substr(0, comma);
    list = comma == std::string_view::npos ? std::string_view() : list.substr(comma + 1);
    if (part.starts_with(kScheme)) part.remove_prefix(kScheme.size());
    auto address = io::Address::parse(part);
    if (!address) return forward_error(address, "--masters");
    if (address->family() != AF_INET) {
      // They are closed to Tasks by a set of IPv4 addresses.
      return fail(ErrorCode::kInvalid, "--masters: \"{}\": an IPv4 address and a port", part);
    }
    result.push_back(*address);
  }
  if (result.empty()) {
    return tl::unexpected(
        Error{ErrorCode::kInvalid, "--masters: host:port of at least one Master is needed", "--masters"});
  }
  return result;
}

http::RequestHead Masters::request(std::string method, std::string_view path) const {
  return {std::move(method), "/v1/nodes/" + node_ + std::string(path), headers()};
}

http::Headers Masters::headers() const {
  http::Headers headers;
  headers.add("Authorization", "Bearer " + token_);
  headers.add("X-Hancock-Node", node_);  // the door asks for it
  return headers;
}

}  // namespace hancock::agent
