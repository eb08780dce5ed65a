// SteadyVisitor: asks one thing after the other on a kept connection, and notes what he got. One thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "io/loop.h"
#include "io/tcp.h"

namespace hancock::slardar::testing {

class SteadyVisitor {
 public:
  struct Got {
    std::string id;      // X-Id of what he asked
    std::string method;  // GET and POST take turns
    int status = 0;      // 0: there was none
    std::string error;   // X-Slardar-Error
    bool is_whole = false;
  };
  SteadyVisitor(io::Loop& loop, io::Address gateway, std::string name, std::string path)
      : loop_(loop), gateway_(std::move(gateway)), name_(std::move(name)), path_(std::move(path)) {}

  /// Asks until `count` answers are there, or for as long as `*goes_on`.
  io::Async<void> ask(size_t count);
  io::Async<void> ask_while(const bool* goes_on);
  /// A POST's body; GETs only when 0.
  size_t body_bytes = 8;

  const std::string& path() const { return path_; }
  const std::vector<Got>& got() const { return got_; }

 private:
  io::Async<void> ask_once();
  io::Async<void> read_answer(Got& got);
  std::string request(const Got& got) const;
  io::Loop& loop_;
  io::Address gateway_;
  std::string name_;
  std::string path_;
  std::unique_ptr<io::SocketStream> stream_;
  std::vector<Got> got_;
};

}  // namespace hancock::slardar::testing
