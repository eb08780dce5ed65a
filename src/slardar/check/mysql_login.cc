#include "slardar/check/mysql_login.h"

#include <openssl/evp.h>

#include <algorithm>
#include <optional>

namespace hancock::slardar {
namespace {

constexpr uint32_t kLongPassword = 0x1, kWithDatabase = 0x8, kProtocol41 = 0x200, kTransactions = 0x2000,
                   kSecureConnection = 0x8000, kPluginAuth = 0x80000;
constexpr uint32_t kLongestPacket = 1 << 24;
constexpr char kUtf8mb4 = 45;
constexpr size_t kNonceBytes = 20;
constexpr uint8_t kErrorPacket = 0xFF;

/// What is left of a packet; what is taken past its end is nothing.
class PacketFields {
 public:
  explicit PacketFields(std::string_view payload) : left_(payload) {}

  std::optional<std::string_view> bytes(size_t count) {
    if (left_.size() < count) return std::nullopt;
    const std::string_view taken = left_.substr(0, count);
    left_.remove_prefix(count);
    return taken;
  }
  /// Up to a NUL, or the end.
  std::string_view text() {
    const std::string_view taken = left_.substr(0, left_.find('\0'));
    left_.remove_prefix(std::min(left_.size(), taken.size() + 1));
    return taken;
  }
  std::string_view rest() const { return left_; }

 private:
  std::string_view left_;
};

std::string number(uint64_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) text += static_cast<char>(value >> (8 * i) & 0xFF);
  return text;
}

std::string digest(const EVP_MD* how, std::string_view first, std::string_view second = {}) {
  const std::string text = std::string(first).append(second);
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  EVP_Digest(text.data(), text.size(), out, &size, how, nullptr);
  return {reinterpret_cast<const char*>(out), size};
}

std::string either_bit(std::string a, std::string_view b) {
  for (size_t i = 0; i < a.size(); ++i) a[i] = static_cast<char>(a[i] ^ b[i]);
  return a;
}

tl::unexpected<Error> not_mysql(std::string_view what) {
  return fail(ErrorCode::kInvalid, "not MySQL's protocol: {}", what);
}

}  // namespace

Result<MysqlGreeting> read_mysql_greeting(std::string_view payload) {
  if (payload.starts_with(static_cast<char>(kErrorPacket))) return tl::unexpected(read_mysql_error(payload));
  PacketFields fields(payload);
  if (fields.bytes(1) != "\x0a") return not_mysql("no greeting of version 10");
  MysqlGreeting greeting;
  greeting.version = fields.text();
  const auto thread = fields.bytes(4);
  const auto begin = fields.bytes(8);
  const auto middle = fields.bytes(1 + 2 + 1 + 2 + 2 + 1 + 10);  // flags, character set, status, lengths
  const auto end = fields.bytes(kNonceBytes - 8);
  if (!thread || !begin || !middle || !end) return not_mysql("a greeting that is too short");
  fields.bytes(1);
  greeting.nonce = std::string(*begin).append(*end);
  greeting.plugin = fields.text();
  if (greeting.plugin.empty()) greeting.plugin = kMysqlNative;
  return greeting;
}

Result<std::string> mysql_proof(std::string_view plugin, std::string_view password, std::string_view nonce) {
  if (password.empty()) return std::string();
  if (nonce.size() != kNonceBytes) return not_mysql("a nonce of another length");
  if (plugin == kMysqlNative) {
    const std::string once = digest(EVP_sha1(), password);
    return either_bit(once, digest(EVP_sha1(), nonce, digest(EVP_sha1(), once)));
  }
  if (plugin == kMysqlSha2) {
    const std::string once = digest(EVP_sha256(), password);
    return either_bit(once, digest(EVP_sha256(), digest(EVP_sha256(), once), nonce));
  }
  return fail(ErrorCode::kUnsupported, "the server asks for {}: {} and {} are supported", plugin,
              kMysqlNative, kMysqlSha2);
}

Result<std::string> mysql_login(const MysqlGreeting& greeting, const MysqlUser& user) {
  // What the server would have need not be what this user has: then it says so (read_mysql_switch).
  const bool known = greeting.plugin == kMysqlNative || greeting.plugin == kMysqlSha2;
  const std::string_view plugin = known ? std::string_view(greeting.plugin) : kMysqlNative;
  auto proof = mysql_proof(plugin, user.password, greeting.nonce);
  if (!proof) return proof;
  uint32_t flags = kLongPassword | kProtocol41 | kTransactions | kSecureConnection | kPluginAuth;
  if (!user.database.empty()) flags |= kWithDatabase;
  std::string login = number(flags, 4) + number(kLongestPacket, 4) + kUtf8mb4 + std::string(23, '\0');
  login.append(user.user) += '\0';
  login += static_cast<char>(proof->size());
  login += *proof;
  if (!user.database.empty()) login.append(user.database) += '\0';
  login.append(plugin) += '\0';
  return login;
}

Result<MysqlGreeting> read_mysql_switch(std::string_view payload) {
  PacketFields fields(payload);
  fields.bytes(1);
  MysqlGreeting wanted;
  wanted.plugin = fields.text();
  wanted.nonce = fields.rest().substr(0, kNonceBytes);
  if (wanted.plugin.empty()) return not_mysql("an old way to log in");
  return wanted;
}

Error read_mysql_error(std::string_view payload) {
  PacketFields fields(payload);
  fields.bytes(1);
  const auto code = fields.bytes(2);
  if (!code) return {ErrorCode::kUnavailable, "an error without a number", {}};
  if (fields.rest().starts_with('#')) fields.bytes(6);  // SQL state
  const int number = static_cast<uint8_t>((*code)[0]) | static_cast<uint8_t>((*code)[1]) << 8;
  return {ErrorCode::kUnavailable, fmt::format("{}: {}", number, fields.rest()), {}};
}

std::string mysql_packet(std::string_view payload, uint8_t number_in_turn) {
  return number(payload.size(), 3).append(1, static_cast<char>(number_in_turn)).append(payload);
}

}  // namespace hancock::slardar
