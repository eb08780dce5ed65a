// RFC 9110, HTTP Semantics: what it asks of a gateway.
#include "row.h"

namespace hancock::slardar::testing {

std::vector<Row> rfc9110_rows() {
  const std::string upgrade = "Connection: Upgrade\r\nUpgrade: echo\r\n";
  const std::string old = "GET / HTTP/1.0\r\nHost: shop.test\r\n";
  std::vector<Row> rows;
  const auto row = [&](const char* id, std::string visitor) -> Row& {
    return rows.emplace_back(id, std::move(visitor));
  };

  row("9110-5.1-1", get("X-Own: 1\r\n"))
      .answered(answer("X-Theirs: 2\r\nContent-Length: 0\r\n"))
      .passes("X-Own: 1\r\n")
      .gives("X-Theirs: 2\r\n");
  row("9110-5.3-1", get("A: 1\r\nB: x\r\na: 2\r\nA: 3\r\n"))
      .answered(answer("Set-Cookie: a\r\nA: 1\r\nSet-Cookie: b\r\nContent-Length: 0\r\n"))
      .passes("A: 1\r\nB: x\r\na: 2\r\nA: 3\r\n")
      .gives("Set-Cookie: a\r\nA: 1\r\nSet-Cookie: b\r\n");
  row("9110-5.4-1", get("A: " + std::string(40'000, 'x') + "\r\n")).is_refused(431);
  row("9110-5.5-1", get("A: b" + std::string(1, '\0') + "c\r\n")).is_refused();
  row("9110-5.5-1", get("A: b\rc\r\n")).is_refused();
  row("9110-5.5-1", get())
      .answered(answer("A: b" + std::string(1, '\0') + "\r\nContent-Length: 0\r\n"))
      .is(502);
  row("9110-5.5-2", post("Content-Length:   2  \r\n", "ab")).passes("Content-Length: 2\r\n\r\nab");
  row("9110-6.5.1-1", chunks("2\r\nab\r\n0\r\nX-Sum: 7\r\n\r\n"))
      .passes("0\r\nX-Sum: 7\r\n\r\n")
      .keeps_back("X-Sum: 7\r\nTransfer-Encoding");
  row("9110-6.5.1-2", chunks("0\r\nContent-Length: 5\r\n\r\n")).is_refused();
  row("9110-6.5.1-2", chunks("0\r\nHost: other.test\r\n\r\n")).is_refused();
  row("9110-6.6.1-1", "GET / HTTP/1.1\r\nHost: none.test\r\n\r\n").is(404).gives("\r\nDate: ");
  rows.back().reaches = false;
  row("9110-6.6.1-2", get()).gives("\r\nDate: ");
  row("9110-6.6.1-3", get())
      .answered(answer("Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: 0\r\n"))
      .gives("\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: 0\r\n\r\n");
  const auto hops = [](int count) {
    std::string all = "1.1 slardar";
    for (int i = 1; i < count; ++i) all += ", 1.1 slardar";
    return all;
  };
  row("9110-7.6-1", get("Via: " + hops(9) + "\r\n")).passes("Via: " + hops(9) + "\r\n");
  row("9110-7.6-1", get("Via: " + hops(10) + "\r\n")).is(508);
  rows.back().reaches = false;
  row("9110-7.6-1", get("Via: " + hops(5) + "\r\nVia: 1.0 fred, " + hops(5) + "\r\n")).is(508);
  rows.back().reaches = false;
  row("9110-7.6.1-1", get("Connection: close, X-Drop\r\nX-Drop: 1\r\nX-Keep: 2\r\n"))
      .answered(answer("Connection: X-Gone\r\nX-Gone: 1\r\nX-Stays: 2\r\nContent-Length: 0\r\n"))
      .ends()
      .passes("X-Keep: 2\r\n")
      .keeps_back("X-Drop")
      .gives("X-Stays: 2\r\n")
      .withholds("X-Gone");
  row("9110-7.6.1-2", get("Connection: Host, X-Forwarded-For, Content-Length\r\n"))
      .passes("Host: shop.test\r\n")
      .passes("X-Forwarded-For: 127.0.0.1\r\n");
  row("9110-7.6.1-3",
      get("Keep-Alive: timeout=9\r\nProxy-Connection: close\r\nTE: trailers\r\nUpgrade: a\r\n"))
      .answered(
          answer("Keep-Alive: timeout=9\r\nProxy-Connection: close\r\nUpgrade: a\r\nContent-Length: 0\r\n"))
      .keeps_back("Keep-Alive")
      .keeps_back("Proxy-Connection")
      .keeps_back("TE:")
      .keeps_back("Upgrade")
      .withholds("Keep-Alive")
      .withholds("Proxy-Connection")
      .withholds("Upgrade");
  const auto options = [](const std::string& lines) {
    return "OPTIONS / HTTP/1.1\r\nHost: shop.test\r\n" + lines + "\r\n";
  };
  row("9110-7.6.2-1", options("Max-Forwards: 0\r\n")).is(200).withholds("ok");
  rows.back().reaches = false;
  row("9110-7.6.2-2", options("Max-Forwards: 10\r\n"))
      .passes("Max-Forwards: 9\r\n")
      .keeps_back("Max-Forwards: 10");
  row("9110-7.6.2-3", get("Max-Forwards: 0\r\n")).passes("Max-Forwards: 0\r\n");
  row("9110-7.6.3-1", get()).passes("Via: 1.1 slardar\r\n");
  row("9110-7.6.3-1", get("Via: 1.0 fred (a comment)\r\n"))
      .passes("Via: 1.0 fred (a comment)\r\n")
      .passes("Via: 1.1 slardar\r\n");
  row("9110-7.6.3-1", old + "\r\n").ends().passes("Via: 1.0 slardar\r\n");
  row("9110-7.7-1", "GET /a//b/../%63?x=%20&y=/. HTTP/1.1\r\nHost: shop.test\r\n\r\n")
      .passes("GET /a//b/../%63?x=%20&y=/. HTTP/1.1\r\n");
  row("9110-7.7-2", get("Cache-Control: no-transform\r\n"))
      .answered(answer("Content-Encoding: gzip\r\nContent-Length: 3\r\n", "\x1f\x8b\x08"))
      .gives("Content-Encoding: gzip\r\n")
      .gives("\r\n\r\n\x1f\x8b\x08");
  row("9110-7.8-1", get(upgrade))
      .answered(answer("Connection: upgrade\r\nUpgrade: other\r\n", "", "101 X"))
      .is(502);
  row("9110-7.8-1", get(upgrade)).answered(answer("Connection: upgrade\r\n", "", "101 X")).is(502);
  row("9110-7.8-1", get()).answered(answer("Connection: upgrade\r\nUpgrade: echo\r\n", "", "101 X")).is(502);
  row("9110-7.8-2", get(upgrade)).passes("Connection: upgrade\r\nUpgrade: echo\r\n");
  row("9110-7.8-3", old + upgrade + "\r\n").ends().keeps_back("pgrade");
  row("9110-8.6-1", post("Content-Length: 99999999999999999999\r\n", "")).is_refused();
  row("9110-8.6-2", get())
      .answered(answer("Content-Length: 5\r\n", "", "204 No Content"))
      .is(204)
      .withholds("Content-Length: 5");
  row("9110-8.6-3", get()).answered_and_closed(answer("Content-Length: 9\r\n", "short")).ends();
  row("9110-9.3.2-1", "HEAD / HTTP/1.1\r\nHost: shop.test\r\n\r\n")
      .answered(answer("Content-Length: 500\r\n"))
      .gives("Content-Length: 500\r\n");
  row("9110-9.3.6-1", "CONNECT shop.test:80 HTTP/1.1\r\nHost: shop.test:80\r\n\r\n").is_refused(405);
  row("9110-9.3.8-1", "TRACE / HTTP/1.1\r\nHost: shop.test\r\n\r\n").is_refused(405);
  row("9110-10.1.1-1", post("Expect: 100-continue\r\nContent-Length: 2\r\n", "ab"))
      .answered("HTTP/1.1 100 Continue\r\n\r\n" + kOk)
      .passes("Expect: 100-continue\r\n")
      .gives("HTTP/1.1 100 Continue\r\n\r\n");
  row("9110-11.6-1", get("Authorization: Basic YTpi\r\n"))
      .answered(answer("WWW-Authenticate: Basic realm=\"a\"\r\nContent-Length: 0\r\n", "", "401 No"))
      .is(401)
      .passes("Authorization: Basic YTpi\r\n")
      .gives("WWW-Authenticate: Basic realm=\"a\"\r\n");
  row("9110-15.2-1", get())
      .answered("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + kOk)
      .gives("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
  row("9110-15.2-2", old + "\r\n").answered("HTTP/1.1 103 Early Hints\r\n\r\n" + kOk).ends().withholds("103");
  row("9110-15.4-1", get("If-None-Match: \"a\"\r\n"))
      .answered(answer("ETag: \"a\"\r\nContent-Length: 9\r\n", "", "304 Not Modified"))
      .is(304)
      .passes("If-None-Match: \"a\"\r\n")
      .gives("ETag: \"a\"\r\n");
  row("9110-15.6.6-1", "GET / HTTP/2.0\r\nHost: shop.test\r\n\r\n").is_refused(505);
  return rows;
}

}  // namespace hancock::slardar::testing
