// Which server of an operator's upstream a request gets: the contract of checkups, sentence by sentence,
// against a whole gateway with real peers (docs/checkups.md). One worker where an exact order is stated. What
// active checks do: gateway_checks_test.cc.
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "slardar/testing/world.h"

namespace hancock::slardar {
namespace {

using namespace testing;
using nlohmann::json;

constexpr int kBad = 503;  // that which `statuses` calls a failure

/// Peers with names of one letter, which note when they are asked.
class GatewayCheckups : public ::testing::Test {
 protected:
  explicit GatewayCheckups(size_t workers = 1) : world_(workers) {}

  void add_peers(const std::string& names) {
    for (const char name : names) {
      peers_[name] = &world_.peer([this, name](const http::RequestHead&, const std::string&) {
        asked_ += name;
        asked_at_[name].push_back(world_.loop.now());
        return http::Response(bad_.contains(name) ? kBad : 200, std::string(1, name));
      });
    }
  }
  json server(char name, json more = json::object()) {
    json made{{"host", "127.0.0.1"}, {"port", peers_.at(name)->port()}};
    made.update(more);
    return made;
  }
  json level(const std::string& names) {
    json servers = json::array();
    for (const char name : names) servers.push_back(server(name));
    return {{"servers", servers}};
  }
  /// Not checked, so that nothing but requests says how its servers are. It is live.
  void put(json record, const std::string& upstream = "shop.test") {
    record["enable"] = false;
    record["http_opts"]["statuses"][std::to_string(kBad)] = false;
    if (world_.gateway) {
      EXPECT_EQ(world_.write("/upstream/" + upstream, "PUT", record.dump()).status, 200);
      return;
    }
    world_.put("/hancock/upstreams/" + upstream, record.dump());
    world_.start();
  }
  /// Who answers; "503" when nobody does.
  std::string ask(const std::string& field = "", const std::string& target = "/",
                  const std::string& host = "shop.test") {
    Visitor visitor = world_.visit();
    visitor.send("GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n" + field +
                 "\r\n");
    const http::Answer answer = visitor.answer();
    if (answer.headers.get("X-Slardar-Error")) return std::to_string(answer.status);
    return answer.body;
  }
  /// Who is asked for so many requests, one after the other.
  std::string asked_for(int requests) {
    asked_.clear();
    for (int i = 0; i < requests; ++i) ask();
    return asked_;
  }
  size_t times(char name) const { return asked_at_.contains(name) ? asked_at_.at(name).size() : 0; }

  std::set<char> bad_;  // they answer kBad
  std::string asked_;   // in turn
  std::map<char, std::vector<TimePoint>> asked_at_;
  std::map<char, HttpPeer*> peers_;
  World world_;
};

/// With two workers, for what holds for the whole process.
class GatewayCheckupsOfWorkers : public GatewayCheckups {
 protected:
  GatewayCheckupsOfWorkers() : GatewayCheckups(2) {}
};

// "Levels are tried in order; the next one only when the present one has no usable server left for this
// request."
TEST_F(GatewayCheckups, levels_are_tried_in_order) {
  add_peers("abcd");
  put({{"cluster", {level("ab"), level("c"), level("d")}}});
  EXPECT_EQ(asked_for(4), "abab");
  bad_ = {'a', 'b'};
  EXPECT_EQ(ask(), "c");
  EXPECT_EQ(asked_.substr(4), "abc");
  bad_ = {'a'};
  EXPECT_EQ(asked_for(2), "bab") << "the next request begins at the first level again";
}

// "Named levels: in the order the route names them, else by name."
TEST_F(GatewayCheckups, named_levels_come_by_name) {
  add_peers("abc");
  put({{"cluster", {{"z", level("a")}, {"m", level("b")}, {"x", level("c")}}}});
  bad_ = {'a', 'b', 'c'};
  EXPECT_EQ(asked_for(1), "bca");
}

TEST_F(GatewayCheckups, named_levels_come_as_who_leads_there_names_them) {
  add_peers("abc");
  put({{"cluster", {{"z", level("a")}, {"m", level("b")}, {"x", level("c")}}}});
  world_.put("/hancock/lua/script.shop.test", "slardar.upstream('shop.test', 'z', 'x')");
  bad_ = {'a', 'b', 'c'};
  EXPECT_TRUE(world_.until([&] { return asked_for(1) == "ac"; })) << asked_;
}

// "Usable: not failed in this request at this level (the same address may stand again in the next one)."
TEST_F(GatewayCheckups, who_failed_in_this_request_is_asked_again_at_the_next_level_alone) {
  add_peers("ab");
  put({{"cluster", {level("ab"), level("ba")}}, {"try", 100}});
  bad_ = {'a', 'b'};
  EXPECT_EQ(asked_for(1), "abba");
  EXPECT_EQ(asked_for(1).size(), 4U);
}

// "smooth and weighted: each usable server's current value grows by its effective weight, the highest wins
// (the first on a tie) and is lowered by the sum."
TEST_F(GatewayCheckups, round_robin_is_smooth_and_weighted) {
  add_peers("abcd");
  put({{"servers", {server('a', {{"weight", 5}}), server('b'), server('c'), server('d', {{"weight", 0}})}}});
  EXPECT_EQ(asked_for(14), "aabacaaaabacaa");
}

// "Effective weight starts at the weight, halves (rounded up) on a failed request, and grows by one at each
// selection up to the weight."
TEST_F(GatewayCheckups, a_failed_request_halves_the_weight_which_grows_back_by_one) {
  add_peers("ab");
  put({{"servers", {server('a', {{"weight", 5}}), server('b', {{"weight", 3}})}}, {"mode", "wrr"}});
  bad_ = {'a'};
  // Current values of (a, b): (5, 3), a: (-3, 3). It fails, and counts 3 from then on. Among b alone: (-3,
  // 3).
  EXPECT_EQ(asked_for(1), "ab");
  bad_.clear();
  // a grows by 3, 4, then 5, b by 3: (0, 6) b (0, 0); (4, 3) a (-3, 3); (2, 6) b (2, -2); (7, 1) a (-1, 1);
  // (4, 4) a (-4, 4); (1, 7) b (1, -1); (6, 2) a (-2, 2); (3, 5) b (3, -3).
  EXPECT_EQ(asked_for(8), "babaabab");
}

// "A retry goes to the next peer on the ring."
TEST_F(GatewayCheckups, a_key_stays_with_its_server_and_a_retry_goes_to_the_next_on_the_ring) {
  add_peers("abcd");
  json record = level("abcd");
  record["mode"] = "header_hash";
  put(record);
  const auto ask_for = [&](int key) { return ask("X-Hash-Key: k" + std::to_string(key) + "\r\n"); };
  std::map<int, std::string> owners;
  std::map<std::string, int> first_of;
  for (int key = 0; key < 100; ++key) {
    owners[key] = ask_for(key);
    first_of.emplace(owners[key], key);
    EXPECT_EQ(ask_for(key), owners[key]);
  }
  ASSERT_EQ(first_of.size(), 4U) << "everybody has keys";
  const int key = first_of.at("a");
  bad_ = {'a'};
  const std::string next = ask_for(key);
  EXPECT_NE(next, "a");
  bad_.insert(next[0]);
  const std::string after = ask_for(key);
  asked_.clear();
  EXPECT_EQ(ask_for(key), after);
  EXPECT_EQ(asked_, "a" + next + after) << "the same way each time";
  bad_.clear();
  for (const auto& [each, owner] : owners) EXPECT_EQ(ask_for(each), owner);
}

TEST_F(GatewayCheckups, the_key_is_the_url_or_the_address_or_the_header) {
  add_peers("abcd");
  const auto answers = [&](const std::string& mode, bool other_urls, bool headers) {
    json record = level("abcd");
    record["mode"] = mode;
    put(record);
    std::set<std::string> seen;
    for (int i = 0; i < 100; ++i) {
      const std::string n = std::to_string(i);
      seen.insert(ask(headers ? "X-Hash-Key: " + n + "\r\n" : "", other_urls ? "/a?b=" + n : "/a"));
    }
    return seen.size();
  };
  EXPECT_EQ(answers("url_hash", true, false), 4U);
  EXPECT_EQ(answers("url_hash", false, true), 1U);
  EXPECT_EQ(answers("hash", true, false), 4U);
  EXPECT_EQ(answers("header_hash", false, true), 4U);
  EXPECT_EQ(answers("header_hash", true, false), 4U) << "without the header by the URL";
  EXPECT_EQ(answers("ip_hash", true, true), 1U);
}

// "max_fails failures within fail_timeout take a server out for fail_timeout, counted from the failure that
// reached the limit. A server whose time out has ended is fine again."
TEST_F(GatewayCheckups, so_many_failures_take_a_server_out_for_its_time) {
  add_peers("ab");
  put({{"servers", {server('a', {{"max_fails", 2}, {"fail_timeout", 1}}), server('b')}}});
  bad_ = {'a'};
  EXPECT_TRUE(world_.until([&] { return ask() == "b" && times('a') >= 3; })) << "out, and back";
  const std::vector<TimePoint>& asked = asked_at_.at('a');
  EXPECT_GE(asked[2] - asked[1], 990ms);
  EXPECT_NE(world_.admin("/metrics").body.find("slardar_ejections_total 1\n"), std::string::npos);
}

// "but only if another server of the upstream is passively fine."
TEST_F(GatewayCheckups, the_last_server_that_is_fine_is_not_taken_out) {
  add_peers("abc");
  const json limits{{"max_fails", 1}, {"fail_timeout", 3600}};
  const json none{{"max_fails", 1}, {"fail_timeout", 3600}, {"weight", 0}};
  put({{"servers", {server('a', limits), server('b', limits), server('c', none)}}});
  bad_ = {'a', 'b'};
  EXPECT_EQ(asked_for(4).substr(0, 2), "ab");
  EXPECT_EQ(asked_, "abbbb") << "a went, and the one that stays is asked, well or not";
  bad_.clear();
  EXPECT_EQ(asked_for(4), "bbbb");
}

// "It holds for the whole process, not for each worker."
TEST_F(GatewayCheckupsOfWorkers, all_workers_know_who_failed_too_often) {
  add_peers("ab");
  put({{"servers", {server('a', {{"max_fails", 3}, {"fail_timeout", 3600}}), server('b')}}});
  bad_ = {'a'};
  for (int i = 0; i < 40; ++i) EXPECT_EQ(ask(), "b");
  EXPECT_EQ(times('a'), 3U);
  const json status = json::parse(world_.admin("/status").body);
  for (const json& worker : status["workers"]) EXPECT_GT(worker["requests"], 0) << "each had visitors";
  const json& shown = status["cls:shop.test"][0][0]["passive"];
  EXPECT_EQ(shown["state"], "out") << "and is visible";
  EXPECT_GT(shown["out_for"], 3'000);
}

// "statuses: a map in which "502":false makes that code a failure, for requests too"; "tries for one request"
TEST_F(GatewayCheckups, there_are_as_many_tries_as_servers_or_as_are_allowed) {
  add_peers("abcd");
  bad_ = {'a', 'b', 'c', 'd'};
  put({{"cluster", {level("ab"), level("cd")}}});
  EXPECT_EQ(asked_for(1), "abcd");
  const std::string answer = ask();
  EXPECT_EQ(answer, asked_.substr(asked_.size() - 1)) << "the last answer is passed on";
  put({{"cluster", {level("ab"), level("cd")}}, {"try", 2}});
  EXPECT_EQ(asked_for(1).size(), 2U);
}

/// Answers kBad after a while.
class SlowPeer {
 public:
  SlowPeer(io::Loop& loop, Duration after)
      : loop_(loop),
        server_(loop, [this, after](http::Exchange& exchange) { return answer(exchange, after); }) {
    address_ = *server_.listen(*io::Address::parse("127.0.0.1:0"));
  }
  ~SlowPeer() { loop_.block_on(server_.close(loop_.now())); }
  json server() const { return {{"host", "127.0.0.1"}, {"port", address_.port()}}; }
  int requests = 0;

 private:
  io::Async<void> answer(http::Exchange& exchange, Duration after) {
    ++requests;
    co_await loop_.sleep_for(after);
    http::Response response(kBad, "slow");
    (void)co_await exchange.respond(std::move(response));
  }
  io::Loop& loop_;
  http::Server server_;
  io::Address address_;
};

// "bound on the sum of the tries' durations, looked at after each failure; never cuts a running try"
TEST_F(GatewayCheckups, after_so_long_in_tries_no_other_is_begun) {
  SlowPeer a(world_.loop, 40ms);
  SlowPeer b(world_.loop, 40ms);
  SlowPeer c(world_.loop, 40ms);
  const auto tries = [&](double try_timeout) {
    a.requests = b.requests = c.requests = 0;
    put({{"servers", {a.server(), b.server(), c.server()}}, {"try_timeout", try_timeout}});
    EXPECT_EQ(ask(), "slow");
    return a.requests + b.requests + c.requests;
  };
  EXPECT_EQ(tries(0), 3);
  EXPECT_EQ(tries(3'600), 3);
  EXPECT_LE(tries(0.05), 2);
  EXPECT_EQ(tries(0.01), 1) << "which had its time";
}

// "An update of one upstream leaves every other one's position, ring and passive state as they are, and its
// own surviving peers keep theirs."
TEST_F(GatewayCheckups, an_update_leaves_others_and_who_stays_alone) {
  add_peers("abcdefz");
  json weighted{{"servers", {server('a', {{"weight", 5}}), server('b'), server('c')}}};
  json passive{{"servers", {server('d', {{"max_fails", 1}, {"fail_timeout", 3600}}), server('e')}}};
  put(weighted);
  put(passive, "passive.test");
  put(level("z"), "other.test");
  const auto update_other = [&](int times) {
    put({{"servers", level("z")["servers"]}, {"try", times}}, "other.test");
  };
  bad_ = {'d'};
  for (int i = 0; i < 2; ++i) EXPECT_EQ(ask("", "/", "passive.test"), "e");
  EXPECT_EQ(times('d'), 1U) << "it is out";
  std::string order;
  for (int i = 0; i < 14; ++i) {
    order += ask();
    update_other(i + 2);
  }
  EXPECT_EQ(order, "aabacaaaabacaa") << "as if nothing had happened";
  passive["servers"].push_back(server('f'));
  put(passive, "passive.test");
  for (int i = 0; i < 4; ++i) ask("", "/", "passive.test");
  EXPECT_EQ(times('d'), 1U) << "it is out still";
  EXPECT_EQ(times('f'), 2U);

  EXPECT_EQ(asked_for(3), "aab");
  weighted["servers"].insert(weighted["servers"].begin(), server('z', {{"weight", 0}}));
  put(weighted);
  EXPECT_EQ(asked_for(4), "acaa") << "who stays has kept its place in the turn";
}

TEST_F(GatewayCheckups, an_update_of_another_upstream_leaves_the_ring_alone) {
  add_peers("abcz");
  json record = level("abc");
  record["mode"] = "url_hash";
  put(record);
  put(level("z"), "other.test");
  std::map<std::string, std::string> owners;
  for (int i = 0; i < 20; ++i) owners["/" + std::to_string(i)] = "";
  for (auto& [url, owner] : owners) owner = ask("", url);
  put({{"servers", level("z")["servers"]}, {"try", 7}}, "other.test");
  for (const auto& [url, owner] : owners) EXPECT_EQ(ask("", url), owner);
  record = level("ab");
  record["mode"] = "url_hash";
  put(record);
  std::erase_if(owners, [](const auto& each) { return each.second == "c"; });
  for (const auto& [url, owner] : owners) EXPECT_EQ(ask("", url), owner) << "who stays keeps his keys";
}

}  // namespace
}  // namespace hancock::slardar
