#include "slardar/tls/client_hello.h"

#include <cstdint>
#include <optional>
#include <utility>

#include "slardar/routing/route_table.h"

namespace hancock::slardar {
namespace {

constexpr uint8_t kHandshakeRecord = 22;
constexpr uint8_t kClientHelloMessage = 1;
constexpr size_t kRecordHead = 5;
constexpr size_t kRecordMax = 16 << 10;
constexpr size_t kRandomBytes = 32;
constexpr uint16_t kServerNameExtension = 0;
constexpr uint8_t kHostName = 0;
constexpr size_t kServerNameMax = 255;

/// Takes fields off the front; once one is not there, ok() is false and all later ones are empty.
class Fields {
 public:
  explicit Fields(std::string_view bytes) : left_(bytes) {}

  std::string_view take(size_t count) {
    if (count > left_.size()) ok_ = false;
    if (!ok_) return {};
    const std::string_view taken = left_.substr(0, count);
    left_.remove_prefix(count);
    return taken;
  }
  size_t number(size_t bytes) {
    size_t value = 0;
    for (const char c : take(bytes)) value = value << 8 | static_cast<uint8_t>(c);
    return value;
  }
  /// What stands behind its length.
  std::string_view counted(size_t length_bytes) { return take(number(length_bytes)); }

  bool ok() const { return ok_; }
  size_t left() const { return left_.size(); }

 private:
  std::string_view left_;
  bool ok_ = true;
};

ClientHello bad() { return {ClientHello::Status::kBad, ""}; }

/// nullopt: broken.
std::optional<std::string> name_of(std::string_view extension) {
  Fields outer(extension);
  Fields list(outer.counted(2));
  if (!outer.ok() || outer.left() != 0 || list.left() == 0) return std::nullopt;
  std::optional<std::string> found;
  while (list.ok() && list.left() > 0) {
    const bool is_host = list.number(1) == kHostName;
    const std::string_view name = list.counted(2);
    if (!list.ok() || (is_host && found)) return std::nullopt;
    if (!is_host) continue;
    if (name.size() > kServerNameMax || name.starts_with('*') || !is_host_pattern(name)) return std::nullopt;
    found = to_lower(name);
  }
  return found.value_or("");
}

ClientHello parse_message(std::string_view message) {
  Fields hello(message);
  hello.take(2 + kRandomBytes);  // the version, which is in an extension today
  hello.counted(1);              // session
  hello.counted(2);              // ciphers
  hello.counted(1);              // compressions
  ClientHello done{ClientHello::Status::kDone, ""};
  if (hello.ok() && hello.left() == 0) return done;  // SSL 3 knew no extensions
  Fields extensions(hello.counted(2));
  if (!hello.ok() || hello.left() != 0) return bad();
  bool found = false;
  while (extensions.left() > 0) {
    const size_t kind = extensions.number(2);
    const std::string_view extension = extensions.counted(2);
    if (!extensions.ok()) return bad();
    if (kind != kServerNameExtension) continue;
    auto name = name_of(extension);
    if (!name || std::exchange(found, true)) return bad();
    done.server_name = std::move(*name);
  }
  return done;
}

/// What the record at the front says of itself, as far as it has come.
bool may_be_handshake(std::string_view record) {
  if (!record.empty() && static_cast<uint8_t>(record[0]) != kHandshakeRecord) return false;
  return record.size() < 2 || record[1] == 3;  // SSL 3 and all that came later
}

}  // namespace

ClientHello parse_client_hello(std::string_view bytes) {
  const bool is_all = bytes.size() < kClientHelloMax;
  bytes = bytes.substr(0, kClientHelloMax);
  std::string message;  // what its records hold
  while (true) {
    if (!may_be_handshake(bytes)) return bad();
    Fields record(bytes);
    record.take(3);
    const size_t length = record.number(2);
    if (record.ok() && (length == 0 || length > kRecordMax)) return bad();
    message += record.take(length);
    if (!record.ok()) return is_all ? ClientHello() : bad();
    bytes.remove_prefix(kRecordHead + length);
    if (static_cast<uint8_t>(message.front()) != kClientHelloMessage) return bad();
    Fields handshake(message);
    handshake.take(1);
    const size_t size = handshake.number(3);
    if (!handshake.ok()) continue;
    if (size > kClientHelloMax) return bad();
    if (handshake.left() >= size) return parse_message(handshake.take(size));
  }
}

}  // namespace hancock::slardar
