// NameServer: answers DNS questions for IPv4 addresses on loopback, in a thread of its own, with what it is
// told.
//
//   NameServer names;
//   names.put("db.test", {"127.0.0.1"}, 1s);
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/unique_fd.h"

namespace hancock::slardar::testing {

class NameServer {
 public:
  NameServer();
  ~NameServer();
  /// "127.0.0.1:5300".
  const std::string& address() const { return address_; }
  void put(const std::string& name, std::vector<std::string> ips, std::chrono::seconds ttl);
  /// There is no such name.
  void remove(const std::string& name);
  /// Questions so far that were for that name.
  int questions(const std::string& name);

 private:
  struct Known {
    std::vector<std::string> ips;
    std::chrono::seconds ttl{0};
  };
  void serve();
  std::string answer(const std::string& question);

  UniqueFd socket_;
  std::string address_;
  std::mutex mutex_;
  std::map<std::string, Known> names_;    // guarded by mutex_
  std::map<std::string, int> questions_;  // guarded by mutex_
  std::thread thread_;
};

}  // namespace hancock::slardar::testing
