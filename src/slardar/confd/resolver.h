// Resolver: finds the addresses of host names, and finds them again when their time is over.
//
// A name that cannot be found keeps the addresses that it had, and is asked for again after kAgainMin, which
// doubles up to kAgainMax. Control thread; the asking waits on threads of its own.
#pragma once

#include <functional>
#include <set>

#include "io/dns.h"
#include "io/scope.h"
#include "io/thread_pool.h"
#include "slardar/confd/host_names.h"

namespace hancock::slardar {

class Resolver {
 public:
  static constexpr Duration kTtlMin = 1s;
  static constexpr Duration kTtlMax = 1h;
  static constexpr Duration kAgainMin = 1s;
  static constexpr Duration kAgainMax = 30s;

  /// `changed`: what is known of that name has become something else. `servers`: ResolveOptions.
  Resolver(io::Loop& loop, const std::string& servers, std::function<void(const std::string& name)> changed);
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;
  ~Resolver();

  /// These are wanted from now on, all others forgotten.
  void want(const std::set<std::string>& names);
  const HostNames& known() const { return known_; }

 private:
  io::Async<void> follow(std::string name);
  void note(const std::string& name, const Result<io::ResolvedName>& found);

  io::Loop& loop_;
  const std::function<void(const std::string& name)> changed_;
  const std::shared_ptr<std::atomic<bool>> stop_ = std::make_shared<std::atomic<bool>>(false);
  io::ResolveOptions options_;
  HostNames known_;
  std::map<std::string, io::Scope> following_;
  io::ThreadPool threads_{4};
};

/// When to ask again.
Duration resolve_again(const Result<io::ResolvedName>& found, uint32_t failed_in_row);

}  // namespace hancock::slardar
