// What servers say to checks, read whatever it is: MySQL's packets, redis' INFO, gRPC's messages, status
// lines.
#include <cstdint>
#include <string>

#include "slardar/check/grpc_check.h"
#include "slardar/check/http_check.h"
#include "slardar/check/mysql_login.h"
#include "slardar/check/redis_check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace hancock::slardar;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const MysqlUser user{"watch", "secret", "shop"};
  if (const auto greeting = read_mysql_greeting(text)) static_cast<void>(mysql_login(*greeting, user));
  if (const auto wanted = read_mysql_switch(text))
    static_cast<void>(mysql_proof(wanted->plugin, user.password, wanted->nonce));
  read_mysql_error(text);
  read_redis_info(text);
  static_cast<void>(read_grpc_health(text));
  status_of_line(text);
  return 0;
}
