// Caller: sends requests to whichever member of an etcd cluster answers.
//
// A member that does not answer, or says that it cannot, is left for the next one. A request that may have
// arrived is sent again only if it is safe to repeat. With a user, a token is fetched first and again when it
// is no longer taken. Loop's thread only; the loop and the client outlive it.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "etcd/members.h"
#include "http/client.h"
#include "io/loop.h"

namespace hancock::etcd {

struct Credentials {
  std::string user;  // "": none needed
  std::string password;
  http::Headers headers = {};  // beside, with each request: what the Masters' door asks for
};

class Caller {
 public:
  enum class Repeat { kSafe, kOnce };

  Caller(io::Loop& loop, http::Client& client, std::vector<io::Address> members, Credentials credentials);

  /// The body of a 200. Errors: etcd's own (answers.h), kTimeout, kUnavailable, kTooLarge (the answer).
  io::Async<Result<std::string>> call(std::string_view path, std::string body, Repeat repeat,
                                      TimePoint deadline);

  /// A streamed answer, its head read, and the member that gives it.
  struct Stream {
    std::unique_ptr<http::Call> call;
    size_t member = 0;
  };
  io::Async<Result<Stream>> open(std::string_view path, std::string body, TimePoint deadline);

  Members& members() { return members_; }
  io::Loop& loop() { return loop_; }

 private:
  io::Async<Result<std::string>> post(size_t member, std::string_view path, const std::string& body,
                                      TimePoint deadline, bool& sent);
  io::Async<Result<std::unique_ptr<http::Call>>> post_streamed(size_t member, std::string_view path,
                                                               const std::string& body, TimePoint deadline);
  io::Async<Result<void>> authenticate(size_t member, TimePoint deadline);
  http::RequestHead head(std::string_view path) const;
  bool token_refused(const Error& error);
  TimePoint share(TimePoint deadline, size_t tries_left) const;

  io::Loop& loop_;
  http::Client& client_;
  Members members_;
  const Credentials credentials_;
  std::string token_;
};

}  // namespace hancock::etcd
