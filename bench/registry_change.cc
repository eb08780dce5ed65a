// registry_change: how long from the store's acknowledgement of a put until every worker of every gateway
// answers by it. The put moves an upstream from one of two servers to the other; each worker is asked all the
// time on a connection of its own. Prints a line of JSON: percentiles over all changes, in milliseconds.
//
//   bench_registry_change ETCD CHANGES HTTP=ADMIN... (of each gateway)
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "base/random.h"
#include "etcd/etcd_store.h"
#include "http/client.h"
#include "http/server.h"
#include "io/scope.h"
#include "io/tcp.h"

namespace {

using namespace hancock;

constexpr const char* kHost = "bench.test";
constexpr Duration kAskEvery = 200us;
constexpr Duration kPatience = 5s;

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "%s\n", why.c_str());
  std::exit(1);
}

template <class T>
T unwrap(Result<T> result) {
  if (!result) give_up(result.error().message);
  return std::move(*result);
}

/// A server that answers everything with one character, its name.
class NamedServer {
 public:
  NamedServer(io::Loop& loop, char name)
      : server_(loop, [name](http::Exchange& exchange) -> io::Async<void> {
          http::Response response(200, std::string(1, name));
          co_await exchange.respond(std::move(response));
        }) {
    address_ = unwrap(server_.listen(unwrap(io::Address::parse("127.0.0.1:0"))));
  }
  io::Async<void> close(TimePoint deadline) { co_await server_.close(deadline); }
  uint16_t port() const { return address_.port(); }

 private:
  http::Server server_;
  io::Address address_;
};

/// A visitor on one connection, and so at one worker.
class Visitor {
 public:
  Visitor(io::Loop& loop, std::unique_ptr<io::SocketStream> stream)
      : loop_(loop), stream_(std::move(stream)) {}

  /// The name of the server that answers; 0: there is none.
  io::Async<char> ask() {
    const std::string request = fmt::format("GET / HTTP/1.1\r\nHost: {}\r\n\r\n", kHost);
    const TimePoint deadline = loop_.now() + kPatience;
    if (auto sent = co_await stream_->send(request, deadline); !sent) give_up(sent.error().message);
    std::string answer;
    std::array<char, 4096> piece{};
    while (answer.size() < 4 || !is_whole(answer)) {
      auto size = co_await stream_->recv(piece, deadline);
      if (!size || *size == 0) give_up("a gateway closed a connection");
      answer.append(piece.data(), *size);
    }
    co_return answer.starts_with("HTTP/1.1 200") ? answer.back() : '\0';
  }

  io::Async<void> wait_for(char name, TimePoint& seen) {
    while (true) {
      const char answer = co_await ask();
      seen = loop_.now();
      if (answer == name) co_return;
      co_await loop_.sleep_for(kAskEvery);
    }
  }

 private:
  static bool is_whole(const std::string& answer) {
    const size_t head = answer.find("\r\n\r\n");
    if (head == std::string::npos) return false;
    const size_t field = answer.find("Content-Length: ");
    size_t length = 0;
    if (field < head) std::from_chars(answer.data() + field + 16, answer.data() + head, length);
    return answer.size() >= head + 4 + length;
  }

  io::Loop& loop_;
  std::unique_ptr<io::SocketStream> stream_;
};

struct Gateway {
  io::Address http;
  io::Address admin;
};

io::Async<std::vector<uint64_t>> requests_by_worker(io::Loop& loop, http::Client& client, io::Address admin) {
  http::RequestHead head("GET", "/status");
  auto answer = co_await client.fetch(std::move(admin), std::move(head), "", loop.now() + kPatience);
  const auto status = nlohmann::json::parse(unwrap(std::move(answer)).body);
  std::vector<uint64_t> counts(status.at("config_timer").size());
  for (const auto& worker : status.at("workers")) {
    counts.at(worker.at("worker").get<size_t>()) = worker.at("requests").get<uint64_t>();
  }
  co_return counts;
}

/// One visitor for each worker: new connections until each has drawn one.
io::Async<void> visit_every_worker(io::Loop& loop, http::Client& client, Gateway gateway,
                                   std::vector<std::unique_ptr<Visitor>>& visitors) {
  std::vector<uint64_t> before = co_await requests_by_worker(loop, client, gateway.admin);
  std::vector<bool> visited(before.size());
  while (std::find(visited.begin(), visited.end(), false) != visited.end()) {
    auto stream = co_await io::connect(loop, gateway.http, loop.now() + kPatience);
    auto visitor = std::make_unique<Visitor>(loop, unwrap(std::move(stream)));
    co_await visitor->ask();
    const std::vector<uint64_t> after = co_await requests_by_worker(loop, client, gateway.admin);
    for (size_t worker = 0; worker < after.size(); ++worker) {
      if (after[worker] == before[worker] || visited[worker]) continue;
      visited[worker] = true;
      visitors.push_back(std::move(visitor));
      break;
    }
    before = after;
  }
}

store::Transaction naming(uint16_t port) {
  const std::string key = fmt::format("/hancock/upstreams/{}", kHost);
  const std::string value = fmt::format(R"({{"servers":[{{"host":"127.0.0.1","port":{}}}]}})", port);
  return {{}, {store::Operation::put(key, value)}};
}

/// From the acknowledgement to the last worker's answer.
io::Async<Duration> change(io::Loop& loop, store::Store& store, uint16_t port, char name,
                           std::vector<std::unique_ptr<Visitor>>& visitors) {
  std::vector<TimePoint> seen(visitors.size());
  io::Scope scope;
  for (size_t i = 0; i < visitors.size(); ++i) scope.spawn(visitors[i]->wait_for(name, seen[i]));
  store::Transaction transaction = naming(port);
  auto put = co_await store.commit(std::move(transaction), loop.now() + kPatience);
  const TimePoint acknowledged = loop.now();
  unwrap(std::move(put));
  co_await scope.join();
  co_return std::max(*std::max_element(seen.begin(), seen.end()) - acknowledged, Duration(0));
}

void print(std::vector<Duration> spans, size_t gateways, size_t workers) {
  std::sort(spans.begin(), spans.end());
  auto at = [&](double share) {
    const auto index = static_cast<size_t>(share * static_cast<double>(spans.size() - 1));
    return std::chrono::duration<double, std::milli>(spans[index]).count();
  };
  fmt::print(
      "{{\"changes\":{},\"gateways\":{},\"workers\":{},\"p50_ms\":{:.2f},\"p99_ms\":{:.2f},\"max_ms\":{:.2f}}"
      "}\n",
      spans.size(), gateways, workers, at(0.5), at(0.99), at(1));
}

io::Async<void> run(io::Loop& loop, io::Address etcd, size_t changes, std::vector<Gateway> gateways) {
  http::Client client(loop);
  std::vector<io::Address> members{std::move(etcd)};
  etcd::EtcdStore store(loop, client, std::move(members));
  NamedServer first(loop, 'A');
  NamedServer second(loop, 'B');
  std::vector<std::unique_ptr<Visitor>> visitors;
  for (const Gateway& gateway : gateways) {
    co_await visit_every_worker(loop, client, gateway, visitors);
  }
  co_await change(loop, store, first.port(), 'A', visitors);
  std::vector<Duration> spans;
  while (spans.size() < changes) {
    // A random pause, so that nothing is in step with anybody's timer.
    co_await loop.sleep_for(20ms + std::chrono::microseconds(system_random().below(20'000)));
    const bool odd = spans.size() % 2 != 0;
    spans.push_back(
        co_await change(loop, store, odd ? first.port() : second.port(), odd ? 'A' : 'B', visitors));
  }
  const size_t workers = visitors.size();
  visitors.clear();
  store::Transaction cleanup({}, {store::Operation::remove(fmt::format("/hancock/upstreams/{}", kHost))});
  (void)co_await store.commit(std::move(cleanup), loop.now() + kPatience);
  co_await first.close(loop.now());
  co_await second.close(loop.now());
  print(std::move(spans), gateways.size(), workers);
}

Gateway parse_gateway(const std::string& text) {
  const size_t middle = text.find('=');
  if (middle == std::string::npos) give_up(text + ": HTTP=ADMIN");
  return {unwrap(io::Address::parse(text.substr(0, middle))),
          unwrap(io::Address::parse(text.substr(middle + 1)))};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    std::fprintf(stderr, "usage: %s ETCD CHANGES HTTP=ADMIN...\n", argv[0]);
    return 2;
  }
  std::vector<Gateway> gateways;
  for (int i = 3; i < argc; ++i) gateways.push_back(parse_gateway(argv[i]));
  io::Loop loop;
  loop.block_on(run(loop, unwrap(io::Address::parse(argv[1])), std::stoul(argv[2]), std::move(gateways)));
}
