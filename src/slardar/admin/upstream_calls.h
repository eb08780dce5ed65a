// UpstreamCalls: /upstreams and /upstream/<name> of the admin API: operators' upstreams, read from what was
// read of the Registry and written to the store. Control thread; what it is made of outlives it.
#pragma once

#include <string>

#include "http/server.h"
#include "slardar/admin/record_writer.h"

namespace hancock::slardar {

class UpstreamCalls {
 public:
  UpstreamCalls(const Confd& confd, RecordWriter& writer) : confd_(confd), writer_(writer) {}

  /// GET /upstreams.
  http::Response list() const;
  /// Any method on /upstream/<name>.
  io::Async<http::Response> one(http::Exchange& exchange, std::string name);

 private:
  http::Response show(const std::string& name) const;
  io::Async<http::Response> put(http::Exchange& exchange, std::string name);
  io::Async<http::Response> remove(http::Exchange& exchange, std::string name);
  io::Async<http::Response> write(http::Exchange& exchange, std::string name, RecordEdit edit);
  std::string key_of(const std::string& name) const;

  const Confd& confd_;
  RecordWriter& writer_;
};

}  // namespace hancock::slardar
