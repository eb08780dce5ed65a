// Proxies: slardar, nginx, HAProxy and Caddy, the real programs, each before a peer that keeps what it gets.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/process.h"
#include "base/testing/temp_dir.h"
#include "slardar/testing/recording_peer.h"

namespace hancock::slardar::testing {

/// One of them, with a route of every host to its peer. Plain calls; each runs the loop. One thread.
class Proxy {
 public:
  enum class Kind { kSlardar, kNginx, kHaproxy, kCaddy };
  /// Starts it and waits until it serves.
  Proxy(io::Loop& loop, Kind kind);
  Proxy(const Proxy&) = delete;
  ~Proxy();

  const std::string& name() const { return name_; }
  RecordingPeer& peer() { return peer_; }
  /// What comes back for `bytes` until the connection ends, or nothing more comes for `patience`.
  std::string said_to(const std::string& bytes, Duration patience);

 private:
  std::vector<std::string> command(Kind kind);
  void write(const std::string& file, const std::string& text);
  io::Loop& loop_;
  const TempDir folder_{"proxy"};
  RecordingPeer peer_;
  io::Address address_;
  std::string name_;
  std::unique_ptr<Process> process_;
};

}  // namespace hancock::slardar::testing
