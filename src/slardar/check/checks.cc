#include "slardar/check/checks.h"

#include "slardar/lua/lua_record.h"

namespace hancock::slardar {
namespace {

struct KnownCheck {
  std::string_view name;
  io::Async<Result<CheckFacts>> (*run)(io::Loop&, const CheckTarget&, const CheckOptions&, TimePoint);
};

constexpr KnownCheck kChecks[] = {
    {"general", check_tcp}, {"tcp", check_tcp},     {"http", check_http},
    {"mysql", check_mysql}, {"redis", check_redis}, {"grpc", check_grpc},
};

}  // namespace

CheckRun find_check(std::string_view kind) {
  for (const KnownCheck& each : kChecks) {
    if (each.name == kind) return each.run;
  }
  return {};
}

bool is_check_kind(std::string_view kind) {
  return find_check(kind) != nullptr || is_lua_name(kLuaChecks, kind);
}

}  // namespace hancock::slardar
