#include "agent/network/nft_watch.h"

#include <fmt/core.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <sys/socket.h>
#include <unistd.h>

#include <vector>

#include "agent/network/ruleset.h"

namespace hancock::agent {
namespace {

constexpr size_t kDatagramMax = 64 << 10;

/// The kernel names the thread; also where /proc numbers it otherwise, what is not found is somebody else's.
bool is_own_thread(pid_t thread) {
  return ::access(fmt::format("/proc/self/task/{}", thread).c_str(), F_OK) == 0;
}

}  // namespace

Result<std::unique_ptr<NftWatch>> NftWatch::open(io::Loop& loop) {
  UniqueFd socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, NETLINK_NETFILTER));
  sockaddr_nl address{};
  address.nl_family = AF_NETLINK;
  const int group = NFNLGRP_NFTABLES;
  if (!socket || ::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0 ||
      ::setsockopt(socket.get(), SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)) != 0) {
    return tl::unexpected(errno_error(errno, "listen to changes in nftables"));
  }
  return std::make_unique<NftWatch>(loop, std::move(socket));
}

NftWatch::NftWatch(io::Loop& loop, UniqueFd socket)
    : descriptor_(loop, std::move(socket)), events_(kTableName, is_own_thread) {}

io::Async<Result<bool>> NftWatch::changed(TimePoint deadline) {
  std::vector<char> buffer(kDatagramMax);
  while (true) {
    const ssize_t size = ::recv(descriptor_.fd(), buffer.data(), buffer.size(), 0);
    if (size >= 0) {
      if (events_.take({buffer.data(), static_cast<size_t>(size)})) co_return true;
      continue;
    }
    if (errno == ENOBUFS) co_return true;
    if (errno == EINTR) continue;
    if (errno != EAGAIN) co_return tl::unexpected(errno_error(errno, "listen to changes in nftables"));
    const auto ready = co_await descriptor_.ready(io::Direction::kRead, deadline);
    if (!ready && ready.error().code == ErrorCode::kTimeout) co_return false;
    if (!ready) co_return tl::unexpected(ready.error());
  }
}

}  // namespace hancock::agent
