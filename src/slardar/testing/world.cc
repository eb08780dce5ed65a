#include "slardar/testing/world.h"

#include <gtest/gtest.h>

namespace hancock::slardar::testing {
namespace {

io::Async<void> sleep(io::Loop& loop, Duration span) { co_await loop.sleep_for(span); }

}  // namespace

World::World(size_t workers) : server(loop), store(server), gateways(server), client_(loop) {
  config.http.push_back(*io::Address::parse("127.0.0.1:0"));
  config.admin = *io::Address::parse("127.0.0.1:0");
  config.tcp_bind = "127.0.0.1";
  config.workers = workers;
  config.drain = 5s;
}

World::~World() {
  if (gateway && !exit_code_) {
    stop();
    stop();  // at once
    wait();
  }
  scope_.cancel();
}

void World::start() {
  exit_code_.reset();
  gateway = std::make_unique<Gateway>(loop, config, gateways);
  scope_.spawn(run());
  const auto listening = [this] { return exit_code_ || gateway->address_of("http"); };
  EXPECT_TRUE(until(listening));
  if (const auto address = gateway->address_of("http")) http_ = *address;
}

io::Async<void> World::run() {
  const int code = co_await gateway->run();
  exit_code_ = code;
}

void World::stop() { gateway->stop(); }

int World::wait() {
  EXPECT_TRUE(until([this] { return exit_code_.has_value(); }));
  gateway.reset();
  return exit_code_.value_or(-1);
}

HttpPeer& World::peer(HttpPeer::Answer answer) {
  return *peers_.emplace_back(std::make_unique<HttpPeer>(loop, std::move(answer)));
}

HttpPeer& World::named_peer(const std::string& name) {
  return peer([name](const http::RequestHead&, const std::string&) { return http::Response(200, name); });
}

ScriptedPeer& World::scripted_peer(std::deque<ScriptedPeer::Script> connections) {
  return *scripted_.emplace_back(std::make_unique<ScriptedPeer>(loop, std::move(connections)));
}

store::Revision World::put(const std::string& key, const std::string& value) {
  store::Transaction transaction;
  transaction.operations.push_back(store::Operation::put(key, value));
  return loop.block_on(store.commit(std::move(transaction), loop.now() + kPatience))->revision;
}

store::Revision World::remove(const std::string& key) {
  store::Transaction transaction;
  transaction.operations.push_back(store::Operation::remove(key));
  return loop.block_on(store.commit(std::move(transaction), loop.now() + kPatience))->revision;
}

void World::revoke_lease(store::LeaseId lease) {
  EXPECT_TRUE(loop.block_on(store.revoke_lease(lease, loop.now() + kPatience)));
}

std::optional<registry::GatewayRecord> World::record() {
  auto found = loop.block_on(
      store.range(store::KeyRange::prefix(registry::Keys().gateways()), loop.now() + kPatience));
  if (!found || found->items.empty()) return std::nullopt;
  return *registry::decode<registry::GatewayRecord>(found->items.front().value);
}

bool World::until(const std::function<bool()>& holds, Duration within) {
  const TimePoint deadline = loop.now() + within;
  // `holds` may run the loop itself, so it is not asked from inside of it.
  while (!holds()) {
    if (loop.now() >= deadline) return false;
    loop.block_on(sleep(loop, 1ms));
  }
  return true;
}

void World::run_for(Duration span) { loop.block_on(sleep(loop, span)); }

http::Answer World::get(const std::string& host, const std::string& path) {
  http::RequestHead request("GET", path);
  request.headers.set("Host", host);
  auto answer = loop.block_on(client_.fetch(http_, std::move(request), "", loop.now() + kPatience));
  return answer ? *answer : http::Answer();
}

http::Answer World::admin(const std::string& path, const std::string& method, const std::string& body,
                          http::Headers headers) {
  http::RequestHead request(method, path, std::move(headers));
  auto answer = loop.block_on(
      client_.fetch(*gateway->address_of("admin"), std::move(request), body, loop.now() + kPatience));
  return answer ? *answer : http::Answer();
}

http::Answer World::write(const std::string& path, const std::string& method, const std::string& body,
                          http::Headers headers) {
  http::Answer answer = admin(path, method, body, std::move(headers));
  const auto is_live = [&] {
    if (answer.status == 202 && method != "DELETE") answer = admin(path, method, body);
    return answer.status != 202 || method == "DELETE";
  };
  (void)until(is_live, kPatience);
  return answer;
}

bool World::answers(const std::string& host, int status, const std::string& body) {
  return until([&] {
    const http::Answer answer = get(host, "/");
    return answer.status == status && (body.empty() || answer.body == body);
  });
}

}  // namespace hancock::slardar::testing
