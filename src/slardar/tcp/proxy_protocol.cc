#include "slardar/tcp/proxy_protocol.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <cstring>
#include <vector>

#include "base/number.h"

namespace hancock::slardar {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kSignature = "\r\n\r\n\0\r\nQUIT\n"sv;
constexpr std::string_view kLineStart = "PROXY "sv;
constexpr size_t kLineMax = 107;
constexpr size_t kBlockHead = 16;

// Byte 13 and 14 of version 2.
constexpr uint8_t kLocal = 0x20;
constexpr uint8_t kProxy = 0x21;
constexpr uint8_t kTcp4 = 0x11;
constexpr uint8_t kTcp6 = 0x21;

tl::unexpected<Error> wrong(std::string_view what) {
  return fail(ErrorCode::kInvalid, "PROXY header: {}", what);
}

size_t ip_bytes(int family) { return family == AF_INET ? 4 : 16; }

std::optional<io::Address> address_of(int family, const char* ip, const char* port) {
  char text[INET6_ADDRSTRLEN];
  if (inet_ntop(family, ip, text, sizeof text) == nullptr) return std::nullopt;
  uint16_t number = 0;
  std::memcpy(&number, port, sizeof number);
  auto address = io::Address::of(text, ntohs(number));
  return address ? std::optional(*address) : std::nullopt;
}

/// "1" to "65535", as the line has it: no sign, no leading zero.
std::optional<uint16_t> port_of(std::string_view text) {
  if (text.empty() || (text.size() > 1 && text.front() == '0')) return std::nullopt;
  return parse_number<uint16_t>(text);
}

std::optional<io::Address> address_of(int family, std::string_view ip, std::string_view port) {
  const auto number = port_of(port);
  char bytes[16];
  if (!number || inet_pton(family, std::string(ip).c_str(), bytes) != 1) return std::nullopt;
  auto address = io::Address::of(ip, *number);
  return address ? std::optional(*address) : std::nullopt;
}

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  while (true) {
    const size_t blank = line.find(' ');
    words.push_back(line.substr(0, blank));
    if (blank == std::string_view::npos) return words;
    line.remove_prefix(blank + 1);
  }
}

void append_ip(std::string& out, const io::Address& address) {
  char bytes[16];
  inet_pton(address.family(), address.host().c_str(), bytes);
  out.append(bytes, ip_bytes(address.family()));
}

void append_u16(std::string& out, uint16_t number) {
  out += static_cast<char>(number >> 8);
  out += static_cast<char>(number & 0xff);
}

}  // namespace

Result<void> ProxyHeaderReader::take(std::string_view bytes) {
  bytes_ += bytes;
  wants_ -= bytes.size();
  if (wants_ > 0) return {};
  if (bytes_.starts_with(kSignature)) return read_block();
  if (bytes_.starts_with(kLineStart)) return read_line();
  return wrong("there is none");
}

Result<void> ProxyHeaderReader::read_block() {
  if (bytes_.size() < kBlockHead) {
    wants_ = kBlockHead - bytes_.size();
    return {};
  }
  const auto byte = [&](size_t at) { return static_cast<uint8_t>(bytes_[at]); };
  const size_t length = static_cast<size_t>(byte(14)) << 8 | byte(15);
  if (byte(12) != kLocal && byte(12) != kProxy) return wrong("a version or command that nobody knows");
  if (kBlockHead + length > kBytesMax) return wrong("too long");
  if (bytes_.size() < kBlockHead + length) {
    wants_ = kBlockHead + length - bytes_.size();
    return {};
  }
  if (byte(12) == kLocal || (byte(13) != kTcp4 && byte(13) != kTcp6)) return {};
  const int family = byte(13) == kTcp4 ? AF_INET : AF_INET6;
  const size_t ip = ip_bytes(family);
  if (length < 2 * ip + 4) return wrong("addresses that are cut short");
  const char* const at = bytes_.data() + kBlockHead;
  peers_.source = address_of(family, at, at + 2 * ip);
  peers_.destination = address_of(family, at + ip, at + 2 * ip + 2);
  return {};
}

// Byte by byte: where the line ends is not known before.
Result<void> ProxyHeaderReader::read_line() {
  if (!bytes_.ends_with('\n')) {
    if (bytes_.size() == kLineMax) return wrong("a line without an end");
    wants_ = 1;
    return {};
  }
  if (!bytes_.ends_with("\r\n")) return wrong("a line that ends without CR");
  const std::string_view line(bytes_.data(), bytes_.size() - 2);
  const auto words = words_of(line.substr(kLineStart.size()));
  if (words[0] == "UNKNOWN") return {};
  if (words.size() != 5 || (words[0] != "TCP4" && words[0] != "TCP6"))
    return wrong("not TCP4, TCP6 or UNKNOWN");
  const int family = words[0] == "TCP4" ? AF_INET : AF_INET6;
  peers_.source = address_of(family, words[1], words[3]);
  peers_.destination = address_of(family, words[2], words[4]);
  if (!peers_.source || !peers_.destination) return wrong("a wrong address or port");
  return {};
}

std::string proxy_header(ProxyProtocol version, const io::Address& source, const io::Address& destination) {
  const int family = source.family();
  const bool known = family == destination.family() && (family == AF_INET || family == AF_INET6);
  if (version == ProxyProtocol::kV1) {
    if (!known) return "PROXY UNKNOWN\r\n";
    return fmt::format("PROXY {} {} {} {} {}\r\n", family == AF_INET ? "TCP4" : "TCP6", source.host(),
                       destination.host(), source.port(), destination.port());
  }
  std::string out(kSignature);
  out += static_cast<char>(known ? kProxy : kLocal);
  out += static_cast<char>(!known ? 0 : family == AF_INET ? kTcp4 : kTcp6);
  append_u16(out, static_cast<uint16_t>(known ? 2 * ip_bytes(family) + 4 : 0));
  if (!known) return out;
  append_ip(out, source);
  append_ip(out, destination);
  append_u16(out, source.port());
  append_u16(out, destination.port());
  return out;
}

}  // namespace hancock::slardar
