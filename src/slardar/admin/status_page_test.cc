// GET /status for people. How it looks and behaves in a browser: test/gateway status_page_test.
#include "slardar/admin/status_page.h"

#include <gtest/gtest.h>

#include "slardar/testing/status_view.h"

namespace hancock::slardar {
namespace {

using testing::server_at;
using testing::StatusView;

std::string html(StatusView& given, const StatusPart& part = {}) { return status_page(given.made(), part); }
bool shows(const std::string& html, std::string_view text) { return html.find(text) != std::string::npos; }

TEST(StatusPage, what_is_not_ours_is_escaped) {
  constexpr std::string_view kEvil = "<script>alert('\"&1')</script>";
  constexpr std::string_view kEscaped = "&lt;script&gt;alert(&#39;&quot;&amp;1&#39;)&lt;/script&gt;";
  StatusView given;
  const std::string evil(kEvil);
  given.view.id = given.view.site = given.upstream.name = given.view.last_error = evil;
  given.view.in_touch = false;
  given.upstream.levels = {{evil, {server_at(1, evil)}}};
  given.upstream.named = true;
  given.upstream.unresolved = {{evil, 1, evil}};
  given.snapshot.refused[evil] = evil;
  given.check_of(given.upstream.levels[0].servers[0]).msg = evil;
  const std::string page = html(given);
  EXPECT_FALSE(shows(page, "alert('"));
  size_t count = 0;
  for (size_t at = page.find(kEscaped); at != std::string::npos; at = page.find(kEscaped, at + 1)) ++count;
  EXPECT_EQ(count, 12U) << page;
}

TEST(StatusPage, nothing_is_loaded_from_elsewhere) {
  StatusView given;
  const std::string page = html(given);
  EXPECT_TRUE(status_page_policy().starts_with("default-src 'none'; style-src 'sha256-"));
  for (const std::string_view elsewhere : {"http:", "https:", "src=", "@import", "url(", " style=", " on"})
    EXPECT_FALSE(shows(page.substr(0, page.find("<script>")), elsewhere)) << elsewhere;
}

TEST(StatusPage, the_worst_comes_first) {
  StatusView given;
  given.upstream.levels = {{"", {server_at(1), server_at(2), server_at(3)}}};
  given.check_of(server_at(1)).verdict = Verdict::kOk;
  given.check_of(server_at(2)).verdict = Verdict::kErr;
  given.check_of(server_at(3)).verdict = Verdict::kUnstable;
  given.made();
  Snapshot snapshot = given.snapshot;
  Upstream down = given.upstream;
  down.name = "zero";
  down.levels.clear();
  snapshot.upstreams.push_back(std::make_shared<const Upstream>(down));
  given.view.snapshot = std::make_shared<const Snapshot>(snapshot);
  const std::string page = status_page(given.view);
  const auto at = [&](std::string_view text) { return page.find(text); };
  EXPECT_LT(at("data-name=\"zero\""), at("data-name=\"shop\""));
  EXPECT_LT(at(">10.0.0.1:2<"), at(">10.0.0.1:3<"));
  EXPECT_LT(at(">10.0.0.1:3<"), at(">10.0.0.1:1<"));
  EXPECT_TRUE(shows(page, "<title>(1 down) slardar gw-1</title>"));
  EXPECT_TRUE(shows(page, ">down<"));
  EXPECT_TRUE(shows(page, ">degraded<"));
}

TEST(StatusPage, a_server_is_seen_at_a_glance) {
  StatusView given;
  const Server& server = given.upstream.levels[0].servers[0];
  PeerStatus& peer = given.peer_of(server);
  peer.in_flight = 3;
  peer.tries = 1'234;
  peer.failures = 56;
  peer.latency = std::chrono::microseconds(2'345);
  CheckReport& check = given.check_of(server);
  check.verdict = Verdict::kErr;
  check.msg = "Connection refused";
  check.fail_num = 9;
  check.modified = given.view.now - std::chrono::seconds(42);
  const std::string page = html(given);
  for (const std::string_view text :
       {">err<", "10.0.0.1:80", "data-label=\"In flight\">3<", "data-label=\"Tries\">1234<",
        "data-label=\"Failed\">56<", "data-label=\"Latency\">2.3 ms<", ">42 s ago<",
        "Connection refused; 9 failed checks", "0 of 1 usable, rr"})
    EXPECT_TRUE(shows(page, text)) << text;
}

TEST(StatusPage, the_gateway_is_seen_at_a_glance) {
  StatusView given;
  given.view.revision = 321;
  given.view.lag_seconds = 0.25;
  given.view.checks.last = given.view.now - std::chrono::seconds(2);
  std::string page = html(given);
  for (const std::string_view text :
       {">ready<", "321 <span class=\"state good\">in touch<", "<dd>0.2 s<", "<dd>2 s ago<", "<dd>10 min<",
        "1 of 1 <span class=\"state good\">alive<"})
    EXPECT_TRUE(shows(page, text)) << text;
  given.view.in_touch = given.view.ready = false;
  given.view.last_error = "the store is unreachable";
  given.view.workers_wanted = 2;
  page = html(given);
  for (const std::string_view text : {">not ready<", ">out of touch<", ">dead<", "the store is unreachable"})
    EXPECT_TRUE(shows(page, text)) << text;
}

TEST(StatusPage, a_host_name_that_cannot_be_found_is_seen) {
  StatusView given;
  given.check_of(given.upstream.levels[0].servers[0]).verdict = Verdict::kOk;
  EXPECT_TRUE(shows(html(given), ">good<"));
  given.upstream.unresolved = {{"db.test", 80, "db.test: no such name"}};
  const std::string page = html(given);
  EXPECT_TRUE(shows(page, "<span class=\"state warn\">unstable<"));
  EXPECT_TRUE(shows(page, "db.test: no such name"));
}

TEST(StatusPage, one_upstream_may_be_asked_for) {
  StatusView given;
  EXPECT_TRUE(shows(html(given, {"shop", 10}), "data-name=\"shop\""));
  EXPECT_FALSE(shows(html(given, {"other", 10}), "data-name=\"shop\""));
  EXPECT_TRUE(shows(html(given, {"other", 10}), "There is no upstream of that name."));
}

TEST(StatusPage, of_very_many_servers_only_a_line_an_upstream_is_shown) {
  StatusView given;
  EXPECT_TRUE(shows(html(given, {"", 1}), ">10.0.0.1:80<"));
  const std::string page = html(given, {"", 0});
  EXPECT_FALSE(shows(page, ">10.0.0.1:80<"));
  EXPECT_TRUE(shows(page, "data-name=\"shop\""));
  EXPECT_TRUE(shows(html(given, {"shop", 0}), ">10.0.0.1:80<")) << "who is asked for is shown whole";
}

TEST(StatusPage, who_asks_for_html_gets_it) {
  const auto wants = [](const char* accept) { return wants_html(http::Headers{{"Accept", accept}}); };
  EXPECT_TRUE(wants("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"));
  EXPECT_FALSE(wants("*/*"));
  EXPECT_FALSE(wants("application/json, text/html"));
  EXPECT_FALSE(wants_html({}));
}

}  // namespace
}  // namespace hancock::slardar
