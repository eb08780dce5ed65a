#include "slardar/tcp/network.h"

#include <arpa/inet.h>

#include <cstring>

#include "base/number.h"

namespace hancock::slardar {
namespace {

constexpr std::string_view kMapped = "::ffff:";

}  // namespace

Result<Network> Network::parse(std::string_view text) {
  Network network;
  const size_t slash = std::min(text.find('/'), text.size());
  const std::string ip(text.substr(0, slash));
  network.family_ = ip.find(':') == std::string::npos ? AF_INET : AF_INET6;
  if (inet_pton(network.family_, ip.c_str(), network.ip_.data()) != 1)
    return fail(ErrorCode::kInvalid, "{}: not an IP address", ip);
  network.bits_ = network.family_ == AF_INET ? 32 : 128;
  if (slash == text.size()) return network;
  const auto bits = parse_number<size_t>(text.substr(slash + 1));
  if (!bits || *bits > network.bits_) return fail(ErrorCode::kInvalid, "{}: not a prefix's length", text);
  network.bits_ = *bits;
  return network;
}

bool Network::contains(const io::Address& address) const {
  std::string host = address.host();
  int family = address.family();
  const bool is_mapped = host.starts_with(kMapped) && host.find('.') != std::string::npos;
  if (is_mapped && family_ == AF_INET) {  // IPv4, on a listener for both
    host.erase(0, kMapped.size());
    family = AF_INET;
  }
  std::array<unsigned char, 16> ip{};
  if (family != family_ || inet_pton(family, host.c_str(), ip.data()) != 1) return false;
  const size_t whole = bits_ / 8;
  if (std::memcmp(ip.data(), ip_.data(), whole) != 0) return false;
  const size_t rest = bits_ % 8;
  return rest == 0 || ((ip[whole] ^ ip_[whole]) >> (8 - rest)) == 0;
}

}  // namespace hancock::slardar
