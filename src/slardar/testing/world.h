// World: a gateway in this process for tests: real workers and sockets, an in-memory store, peers on
// loopback.
//
//   World world;
//   auto& peer = world.peer([](const http::RequestHead&) { return http::Response(200, "hello"); });
//   world.put(route_of("web", {"shop.test"}));
//   world.put(endpoint_of("web", "t1", peer.port()));
//   world.start();
//   EXPECT_EQ(world.get("shop.test", "/").body, "hello");
//
// Plain calls: each runs the control loop until it has its result. One thread (and the gateway's workers).
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "slardar/gateway.h"
#include "slardar/testing/peers.h"
#include "slardar/testing/records.h"
#include "store/memory_store.h"

namespace hancock::slardar::testing {

class World {
 public:
  explicit World(size_t workers = 2);
  ~World();

  // Before start(): changes what the gateway is told.
  Config config;
  void start();
  /// As SIGTERM; does not wait.
  void stop();
  /// Waits for its end; the exit code.
  int wait();

  HttpPeer& peer(HttpPeer::Answer answer);
  /// One that says its name.
  HttpPeer& named_peer(const std::string& name);
  ScriptedPeer& scripted_peer(std::deque<ScriptedPeer::Script> connections);

  template <class Record>
  void put(const Record& record) {
    put(key_of(record), encode(record));
  }
  void put(const registry::Barrier& barrier) { put(registry::Keys().barrier(barrier.id), encode(barrier)); }
  store::Revision put(const std::string& key, const std::string& value);
  store::Revision remove(const std::string& key);
  /// Behind its owner's back.
  void revoke_lease(store::LeaseId lease);
  /// This gateway's record; nullopt when there is none.
  std::optional<registry::GatewayRecord> record();

  /// Runs the loop until `holds`; false after `within`.
  bool until(const std::function<bool()>& holds, Duration within = 10s);
  void run_for(Duration span);

  const io::Address& http() const { return http_; }
  Visitor visit() { return Visitor(loop, http_); }
  http::Answer get(const std::string& host, const std::string& path);
  http::Answer admin(const std::string& path, const std::string& method = "GET", const std::string& body = "",
                     http::Headers headers = {});
  /// A write by the admin API; one that is written and not live yet, as on a slow machine, is asked for again
  /// until it is.
  http::Answer write(const std::string& path, const std::string& method, const std::string& body = "",
                     http::Headers headers = {});
  /// Until a GET gives that status.
  bool answers(const std::string& host, int status, const std::string& body = "");

  io::Loop loop;
  store::MemoryServer server;
  store::MemoryStore store;     // the tests' own
  store::MemoryStore gateways;  // what the gateway has
  std::unique_ptr<Gateway> gateway;

 private:
  io::Async<void> run();
  http::Client client_;
  io::Address http_;
  std::deque<std::unique_ptr<HttpPeer>> peers_;
  std::deque<std::unique_ptr<ScriptedPeer>> scripted_;
  std::optional<int> exit_code_;
  io::Scope scope_;
};

}  // namespace hancock::slardar::testing
