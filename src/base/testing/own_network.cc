#include "base/testing/own_network.h"

#include <gtest/gtest.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cstring>

#include "base/unique_fd.h"

namespace hancock {
namespace {

bool bring_up_loopback() {
  const UniqueFd any(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ifreq request{};
  std::strcpy(request.ifr_name, "lo");
  request.ifr_flags = IFF_UP;
  return ::ioctl(any.get(), SIOCSIFFLAGS, &request) == 0;
}

class OwnNetwork final : public ::testing::Environment {
 public:
  void SetUp() override { enter_own_network(); }
};

[[maybe_unused]] const auto* const g_environment = ::testing::AddGlobalTestEnvironment(new OwnNetwork);

}  // namespace

bool enter_own_network() {
  static const bool entered = ::unshare(CLONE_NEWNET) == 0 && bring_up_loopback();
  return entered;
}

}  // namespace hancock
