#include "slardar/testing/world.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "http/framing.h"

namespace hancock::slardar::testing {
namespace {

constexpr Duration kPatience = 20s;

io::Async<void> sleep(io::Loop& loop, Duration span) { co_await loop.sleep_for(span); }

io::Async<Result<void>> send_all(io::Stream& stream, std::string_view bytes) {
  co_return co_await stream.send(bytes, stream.loop().now() + kPatience);
}

io::Async<Result<size_t>> recv_some(io::Stream& stream, std::span<char> room) {
  co_return co_await stream.recv(room, stream.loop().now() + kPatience);
}

}  // namespace

uint16_t free_port(io::Loop& loop) {
  while (true) {
    const auto port = static_cast<uint16_t>(20'000 + system_random().below(10'000));
    if (io::Listener::listen(loop, *io::Address::of("127.0.0.1", port))) return port;
  }
}

Visitor::Visitor(io::Loop& loop, const io::Address& address) : loop_(loop) {
  auto stream = loop_.block_on(io::connect(loop_, address, loop_.now() + kPatience));
  EXPECT_TRUE(stream) << (stream ? "" : stream.error().message);
  if (stream) stream_ = std::move(*stream);
}

void Visitor::send(std::string_view bytes) {
  const auto sent = loop_.block_on(send_all(*stream_, bytes));
  EXPECT_TRUE(sent) << sent.error().message;
}

bool Visitor::receive() {
  std::vector<char> room(256 << 10);
  const auto count = loop_.block_on(recv_some(*stream_, room));
  if (!count || *count == 0) return false;
  input_.append(room.data(), *count);
  return true;
}

std::string Visitor::some(size_t bytes) {
  while (input_.size() < bytes && receive()) {
  }
  return std::exchange(input_, {});
}

std::string Visitor::rest() {
  while (receive()) {
  }
  return std::exchange(input_, {});
}

http::Answer Visitor::answer(std::string_view method) {
  http::HeadParser parser;
  http::ResponseView head;
  while (true) {
    const http::HeadProgress progress = parser.parse(input_, head);
    if (progress.status == http::HeadProgress::Status::kBad)
      ADD_FAILURE() << progress.error.reason << ": " << input_;
    if (progress.status == http::HeadProgress::Status::kBad) return {};
    if (progress.status == http::HeadProgress::Status::kNeedMore) {
      if (!receive()) return {};
      continue;
    }
    http::Answer answer;
    answer.status = head.status;
    answer.headers = head.to_head().headers;
    const http::Framing framing = http::response_framing(head, method);
    input_.erase(0, progress.consumed);
    BodyScanner body;
    body.begin(framing);
    while (!body.done()) {
      const BodyScanner::Piece piece = body.next_piece(input_);
      answer.body += piece.data;
      input_.erase(0, piece.consumed);
      if (piece.status == BodyScanner::Status::kBad) return {};
      if (piece.status == BodyScanner::Status::kMore && input_.empty() && !receive()) {
        if (framing.kind != http::Framing::Kind::kUntilClose) answer.status = 0;
        return answer;
      }
    }
    return answer;
  }
}

HttpPeer::HttpPeer(io::Loop& loop, Answer answer)
    : loop_(loop),
      answer_(std::move(answer)),
      server_(loop, [this](http::Exchange& exchange) { return handle(exchange); }) {
  address_ = *server_.listen(*io::Address::parse("127.0.0.1:0"));
}

HttpPeer::~HttpPeer() { loop_.block_on(server_.close(loop_.now())); }

io::Async<void> HttpPeer::handle(http::Exchange& exchange) {
  const auto body = co_await http::read_all(exchange.body(), 64 << 20, loop_.now() + kPatience);
  ++requests_;
  last_ = exchange.request();
  if (!body) co_return;
  http::Response response = answer_(exchange.request(), *body);
  auto sent = co_await exchange.respond(std::move(response));
  (void)sent;
}

ScriptedPeer::ScriptedPeer(io::Loop& loop, std::deque<Script> connections)
    : loop_(loop), connections_(std::move(connections)) {
  listener_ = *io::Listener::listen(loop, *io::Address::parse("127.0.0.1:0"));
  scope_.spawn(accept());
}

io::Async<void> ScriptedPeer::accept() {
  while (true) {
    auto stream = co_await listener_->accept();
    if (!stream) co_return;
    ++accepted_;
    Script script;
    if (!connections_.empty()) {
      script = std::move(connections_.front());
      connections_.pop_front();
    }
    scope_.spawn(serve(std::move(*stream), std::move(script)));
  }
}

io::Async<void> ScriptedPeer::serve(std::unique_ptr<io::SocketStream> stream, Script script) {
  std::vector<char> room(64 << 10);
  std::string input;
  for (const std::string& answer : script) {
    while (input.find("\r\n\r\n") == std::string::npos) {
      auto count = co_await stream->recv(room, loop_.now() + kPatience);
      if (!count || *count == 0) co_return;
      input.append(room.data(), *count);
    }
    requests_.push_back(std::exchange(input, {}));
    auto sent = co_await stream->send(answer, loop_.now() + kPatience);
    if (!sent) co_return;
  }
}

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

http::Answer World::admin(const std::string& path, const std::string& method) {
  http::RequestHead request(method, path);
  auto answer = loop.block_on(
      client_.fetch(*gateway->address_of("admin"), std::move(request), "", loop.now() + kPatience));
  return answer ? *answer : http::Answer();
}

bool World::answers(const std::string& host, int status, const std::string& body) {
  return until([&] {
    const http::Answer answer = get(host, "/");
    return answer.status == status && (body.empty() || answer.body == body);
  });
}

}  // namespace hancock::slardar::testing
