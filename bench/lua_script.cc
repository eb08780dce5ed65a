// lua_script: what hot code costs a request, and a balancer of it a choice among a hundred servers, in
// nanoseconds of processor time (it waits for nothing, and others on the machine do not count). Prints a line
// of JSON a script: median and maximum of five runs of 100,000 requests.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/cpu_time.h"
#include "slardar/lua/balance_scripts.h"
#include "slardar/lua/scripts.h"

namespace {

using namespace hancock;
using namespace hancock::slardar;

constexpr int kRequests = 100'000;

struct Sample {
  const char* name;
  const char* text;
};

constexpr Sample kSamples[] = {
    {"none", nullptr},
    {"empty", ""},
    {"header", "if slardar.request.header('X-Canary') == 'yes' then slardar.exit(403) end"},
    {"edit", "slardar.request.set_header('X-From', slardar.request.client())"},
    {"exit", "slardar.exit(403, 'no')"},
    {"cookie",
     "local group = slardar.request.cookie('group') slardar.count(group) slardar.version(group == 'a' and 1 "
     "or 2)"},
    {"pattern", "if slardar.request.path():match('^/cart/(%d+)$') then slardar.count('carts') end"},
    {"signature",
     "local wanted = slardar.hmac_sha256('secret', slardar.request.path())"
     "if slardar.equal(wanted, slardar.request.arg('sign') or '') then slardar.exit(403) end"},
};

constexpr uint16_t kServers = 100;
constexpr Sample kBalancers[] = {
    {"balancer: one", "return function() return 7 end"},
    {"balancer: by key",
     "local s = slardar.servers return function() return 1 + math.floor(slardar.request.key() * s.count()) "
     "end"},
    {"balancer: fewest in flight of all",
     "local s = slardar.servers return function() local best, least for i = 1, s.count() do local n = "
     "s.in_flight(i) if s.usable(i) and (not least or n < least) then best, least = i, n end end return best "
     "end"},
};

/// Nanoseconds a choice.
double measure(BalanceScripts& scripts) {
  std::vector<std::unique_ptr<Peer>> peers;
  std::vector<Peer*> listed;
  std::vector<Weighted> servers;
  for (uint16_t port = 1; port <= kServers; ++port) {
    listed.push_back(
        peers.emplace_back(std::make_unique<Peer>(*io::Address::of("10.0.0.1", port), "")).get());
    servers.push_back({port, 1});
  }
  Choice choice;
  choice.now = BootClock::now();
  const Duration began = thread_cpu_time();
  for (int i = 0; i < kRequests; ++i) {
    choice.key += 0x9e3779b97f4a7c15ULL;
    if (!scripts.pick("bench", {servers, listed, choice})) std::abort();
  }
  return static_cast<double>((thread_cpu_time() - began).count()) / kRequests;
}

/// Nanoseconds a request.
double measure(Scripts& scripts) {
  http::RequestView head;
  head.method = "GET";
  head.target = "/cart/17?sign=0123456789";
  head.host = "shop.test:8080";
  head.fields = {
      {"Host", "shop.test:8080"}, {"User-Agent", "bench"}, {"Accept", "*/*"}, {"Cookie", "a=b; group=a"}};
  const Snapshot snapshot;
  const TimePoint now = BootClock::now();
  const Duration began = thread_cpu_time();
  for (int i = 0; i < kRequests; ++i) {
    const ScriptView view{.head = head,
                          .host = scripts.name_of(head.host),
                          .path = "/cart/17",
                          .client = "10.1.1.1",
                          .scheme = "http",
                          .id = "0123456789abcdef",
                          .snapshot = snapshot};
    std::unique_ptr<ScriptWish> wish;
    scripts.run(view, wish, now);
  }
  return static_cast<double>((thread_cpu_time() - began).count()) / kRequests;
}

LuaCodePtr code_of(const char* name, const Sample& sample) {
  std::vector<LuaTextPtr> texts;
  if (sample.text) {
    const LuaText text{name, sample.text, ""};
    texts.push_back(std::make_shared<const LuaText>(text));
  }
  return std::make_shared<const LuaCode>(texts, LuaCode(), WallTime());
}

/// False: it has failed.
template <class Programs>
bool report(const char* name, const Sample& sample) {
  SeededRandom random(1);
  Programs programs(random);
  programs.apply(code_of(name, sample));
  std::array<double, 5> runs{};
  for (double& run : runs) run = measure(programs);
  std::sort(runs.begin(), runs.end());
  fmt::print("{{\"script\":\"{}\",\"median_ns\":{:.0f},\"max_ns\":{:.0f}}}\n", sample.name, runs[2], runs[4]);
  return programs.errors().empty();
}

}  // namespace

int main() {
  bool good = true;
  for (const Sample& sample : kSamples) good &= report<Scripts>("script.shop.test", sample);
  for (const Sample& sample : kBalancers) good &= report<BalanceScripts>("balance.bench", sample);
  return good ? 0 : 1;
}
