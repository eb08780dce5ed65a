#include "io/dns.h"

#include <ares.h>
#include <poll.h>

#include <algorithm>

namespace hancock::io {
namespace {

constexpr int kLookAtStopMs = 100;

/// One question and what came of it.
class Query {
 public:
  Query(const std::string& name, const ResolveOptions& options) : name_(name), options_(options) {
    static const int library = ares_library_init(ARES_LIB_INIT_ALL);
    ares_options set{};
    set.timeout = static_cast<int>(options.timeout / 1ms);
    set.tries = options.tries;
    status_ = library != ARES_SUCCESS
                  ? library
                  : ares_init_options(&channel_, &set, ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES);
    if (status_ == ARES_SUCCESS && !options.servers.empty())
      status_ = ares_set_servers_ports_csv(channel_, options.servers.c_str());
  }
  Query(const Query&) = delete;
  ~Query() {
    if (found_) ares_freeaddrinfo(found_);
    if (channel_) ares_destroy(channel_);
  }

  Result<ResolvedName> ask(int family) {
    if (status_ != ARES_SUCCESS) return failure();
    ares_addrinfo_hints hints{};
    hints.ai_family = family;
    hints.ai_socktype = SOCK_STREAM;
    is_done_ = false;
    ares_getaddrinfo(channel_, name_.c_str(), nullptr, &hints, &answered, this);
    while (!is_done_) {
      if (options_.stop && *options_.stop) ares_cancel(channel_);
      if (!is_done_) wait();
    }
    return status_ == ARES_SUCCESS ? addresses() : failure();
  }

 private:
  static void answered(void* query, int status, int, ares_addrinfo* found) {
    auto& self = *static_cast<Query*>(query);
    self.status_ = status;
    self.is_done_ = true;
    if (self.found_) ares_freeaddrinfo(self.found_);
    self.found_ = found;
  }

  void wait() {
    ares_socket_t sockets[ARES_GETSOCK_MAXNUM];
    const int wanted = ares_getsock(channel_, sockets, ARES_GETSOCK_MAXNUM);
    std::vector<pollfd> polled;
    for (int i = 0; i < ARES_GETSOCK_MAXNUM; ++i) {
      short events = 0;
      if (ARES_GETSOCK_READABLE(wanted, i)) events |= POLLIN;
      if (ARES_GETSOCK_WRITABLE(wanted, i)) events |= POLLOUT;
      if (events != 0) polled.push_back({sockets[i], events, 0});
    }
    timeval longest{0, kLookAtStopMs * 1'000};
    timeval room{};
    const timeval* const next = ares_timeout(channel_, &longest, &room);
    ::poll(polled.data(), polled.size(), static_cast<int>(next->tv_sec * 1'000 + next->tv_usec / 1'000 + 1));
    for (const pollfd& each : polled) {
      const bool may_read = (each.revents & (POLLIN | POLLERR | POLLHUP)) != 0;
      const bool may_write = (each.revents & POLLOUT) != 0;
      ares_process_fd(channel_, may_read ? each.fd : ARES_SOCKET_BAD, may_write ? each.fd : ARES_SOCKET_BAD);
    }
    ares_process_fd(channel_, ARES_SOCKET_BAD, ARES_SOCKET_BAD);  // whose time is over
  }

  Result<ResolvedName> addresses() {
    ResolvedName resolved;
    int ttl = INT32_MAX;
    for (const ares_addrinfo_node* node = found_->nodes; node; node = node->ai_next) {
      resolved.addresses.push_back(Address::from(node->ai_addr, static_cast<socklen_t>(node->ai_addrlen)));
      ttl = std::min(ttl, node->ai_ttl);
    }
    const auto by_text = [](const Address& a, const Address& b) { return a.host() < b.host(); };
    std::sort(resolved.addresses.begin(), resolved.addresses.end(), by_text);
    resolved.ttl = std::chrono::seconds(std::max(ttl, 0));
    if (resolved.addresses.empty()) return fail(ErrorCode::kNotFound, "{}: has no address", name_);
    return resolved;
  }

  Result<ResolvedName> failure() const {
    ErrorCode code = ErrorCode::kUnavailable;
    if (status_ == ARES_ENOTFOUND || status_ == ARES_ENODATA) code = ErrorCode::kNotFound;
    if (status_ == ARES_ETIMEOUT) code = ErrorCode::kTimeout;
    if (status_ == ARES_ECANCELLED) code = ErrorCode::kCancelled;
    return fail(code, "{}: {}", name_, ares_strerror(status_));
  }

  const std::string& name_;
  const ResolveOptions& options_;
  ares_channel channel_ = nullptr;
  int status_ = ARES_SUCCESS;
  bool is_done_ = false;
  ares_addrinfo* found_ = nullptr;
};

}  // namespace

Result<ResolvedName> resolve_name(const std::string& name, const ResolveOptions& options) {
  Query query(name, options);
  auto found = query.ask(AF_INET);
  return found || found.error().code != ErrorCode::kNotFound ? found : query.ask(AF_INET6);
}

}  // namespace hancock::io
