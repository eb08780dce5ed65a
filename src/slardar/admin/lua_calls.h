// LuaCalls: /lua and /lua/<name> of the admin API (docs/lua.md): texts of hot code that were posted are kept
// here until they are made live, which writes them to the store. Control thread; what it is made of outlives
// it.
#pragma once

#include <map>
#include <string>

#include "http/server.h"
#include "slardar/admin/record_writer.h"

namespace hancock::slardar {

class LuaCalls {
 public:
  static constexpr size_t kKeptMax = 1'000;  // texts

  LuaCalls(const Confd& confd, const Publisher& publisher, RecordWriter& writer)
      : confd_(confd), publisher_(publisher), writer_(writer) {}

  /// Any method on /lua.
  io::Async<http::Response> all(http::Exchange& exchange);
  /// Any method on /lua/<name>.
  io::Async<http::Response> one(http::Exchange& exchange, std::string name);

 private:
  http::Response list() const;
  http::Response show(const std::string& name) const;
  io::Async<http::Response> keep(http::Exchange& exchange, std::string name);
  io::Async<http::Response> make_live(http::Exchange& exchange, std::string name);
  io::Async<http::Response> make_all_live();
  io::Async<http::Response> remove(http::Exchange& exchange, std::string name);
  /// Writes the kept text; it is not kept any more when it has come to stand there.
  io::Async<Result<Written>> write_kept(std::string name, IfMatch condition);
  std::string key_of(const std::string& name) const;
  /// What was made live here last still is: asked for again, that is no mistake.
  bool is_live_from_here(const std::string& name) const;

  const Confd& confd_;
  const Publisher& publisher_;
  RecordWriter& writer_;
  std::map<std::string, std::string> kept_;       // by name
  std::map<std::string, std::string> made_live_;  // by name: the version of it that was
};

}  // namespace hancock::slardar
