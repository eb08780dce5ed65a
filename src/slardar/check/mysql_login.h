// What a client of MySQL and MariaDB says and reads up to the end of a login, byte by byte (protocol 4.1,
// dev.mysql.com "Connection Phase"): greeting, login, proof of a password. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace hancock::slardar {

inline constexpr std::string_view kMysqlNative = "mysql_native_password";
inline constexpr std::string_view kMysqlSha2 = "caching_sha2_password";

/// A server's first packet.
struct MysqlGreeting {
  std::string version;
  std::string nonce;   // 20 bytes
  std::string plugin;  // how it would have the password proved
};

struct MysqlUser {
  std::string user;
  std::string password;
  std::string database;  // "": none
};

/// `payload`s are packets without their heads. Errors: kInvalid, or kUnavailable with what the server says.
Result<MysqlGreeting> read_mysql_greeting(std::string_view payload);
/// What proves the password; "" for an empty one. kUnsupported with the plugins there are.
Result<std::string> mysql_proof(std::string_view plugin, std::string_view password, std::string_view nonce);
Result<std::string> mysql_login(const MysqlGreeting& greeting, const MysqlUser& user);
/// 0xFE: the server would have it proved in another way.
Result<MysqlGreeting> read_mysql_switch(std::string_view payload);
/// 0xFF: "1045: Access denied for user …".
Error read_mysql_error(std::string_view payload);

/// With its head: length and number.
std::string mysql_packet(std::string_view payload, uint8_t number);

}  // namespace hancock::slardar
