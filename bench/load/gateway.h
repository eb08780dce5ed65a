// Gateway: one of several, as a visitor knows it: where it is, connections that he keeps, and whether it is
// well.
//
// Loop's thread only.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "load/connection.h"
#include "load/request.h"

namespace hancock::load {

class Gateway {
 public:
  /// `tcp`: its entrance for streams; port 0: none.
  Gateway(io::Loop& loop, io::Address http, io::Address tcp) : loop_(loop), http_(http), tcp_(tcp) {}

  /// One that was kept, or a new one. Errors: as io::connect; nothing was sent then.
  io::Async<Result<std::unique_ptr<Connection>>> connect(Way way, TimePoint deadline);
  /// For the next one, if it is fit.
  void keep(std::unique_ptr<Connection> connection);

  /// Asks `request` every now and then and notes whether that went well. Never ends.
  io::Async<void> look_after(std::string request);
  bool is_well() const { return is_well_; }

  const io::Address& http() const { return http_; }
  const io::Address& tcp() const { return tcp_; }

 private:
  struct Kept {
    std::unique_ptr<Connection> connection;
    TimePoint until;
  };
  io::Async<bool> answers(std::string request);

  io::Loop& loop_;
  io::Address http_;
  io::Address tcp_;
  std::vector<Kept> kept_;  // used last at the end
  bool is_well_ = true;
};

}  // namespace hancock::load
