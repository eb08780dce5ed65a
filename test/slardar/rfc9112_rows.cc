// RFC 9112, HTTP/1.1: what it asks of a gateway.
#include "row.h"

namespace hancock::slardar::testing {
namespace {

std::string request(const std::string& line, const std::string& lines = "Host: shop.test\r\n") {
  return line + "\r\n" + lines + "\r\n";
}

}  // namespace

std::vector<Row> rfc9112_rows() {
  std::vector<Row> rows;
  const auto row = [&](const char* id, std::string visitor) -> Row& {
    return rows.emplace_back(id, std::move(visitor));
  };

  row("9112-2.2-1", get("A: \xe4\xbd\xa0\r\n")).passes("A: \xe4\xbd\xa0\r\n");
  row("9112-2.2-2", "GET / HTTP/1.1\rX\r\nHost: shop.test\r\n\r\n").is_refused();
  row("9112-2.2-2", chunks("2\rab\r\n0\r\n\r\n")).is_refused();
  row("9112-2.2-2", get()).answered("HTTP/1.1 200 OK\r\nA\r: b\r\nContent-Length: 0\r\n\r\n").is(502);
  row("9112-2.2-3", "GET / HTTP/1.1\r\n Host: shop.test\r\n\r\n").is_refused();
  row("9112-2.2-3", get()).answered("HTTP/1.1 200 OK\r\n A: b\r\nContent-Length: 0\r\n\r\n").is(502);
  row("9112-2.2-4", "\r\n" + get()).passes("GET / HTTP/1.1\r\n");
  row("9112-2.2-5", "GET / HTTP/1.1\nHost: shop.test\n\n").is_refused();
  row("9112-2.2-5", get()).answered("HTTP/1.1 200 OK\nContent-Length: 0\n\n").is(502);
  row("9112-2.3-1", request("GET / HTTP/1.0")).ends().passes("GET / HTTP/1.1\r\n");
  row("9112-2.3-1", get())
      .answered("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok")
      .gives("HTTP/1.1 200 OK\r\n");
  row("9112-3-1", request("GET  / HTTP/1.1")).is_refused();
  row("9112-3-1", request("GET / /x HTTP/1.1")).is_refused();
  row("9112-3-1", request("GET / HTTP/1.1 ")).is_refused();
  row("9112-3-1", request("GET /")).is_refused();
  row("9112-3-1", request("G,T / HTTP/1.1")).is_refused();
  row("9112-3-2", request("GET /" + std::string(9'000, 'x') + " HTTP/1.1")).is_refused(414);
  row("9112-3.2-1", request("GET / HTTP/1.1", "A: b\r\n")).is_refused();
  row("9112-3.2-2", request("GET / HTTP/1.1", "Host: shop.test\r\nHost: shop.test\r\n")).is_refused();
  for (const char* host : {"", "a b", "shop.test/x", "u@shop.test", "shop.test:x", "shop.test,other.test"})
    row("9112-3.2-3", request("GET / HTTP/1.1", "Host: " + std::string(host) + "\r\n")).is_refused();
  row("9112-3.2.1-1", request("GET x HTTP/1.1")).is_refused();
  row("9112-3.2.1-1", request("GET /#a HTTP/1.1")).is_refused();
  row("9112-3.2.2-1", request("GET http://shop.test/a?b HTTP/1.1"))
      .passes("GET /a?b HTTP/1.1\r\nHost: shop.test\r\n");
  row("9112-3.2.2-2", request("GET http://other.test/ HTTP/1.1")).is_refused();
  row("9112-3.2.4-1", request("OPTIONS http://shop.test HTTP/1.1")).passes("OPTIONS * HTTP/1.1\r\n");
  row("9112-3.2.4-2", request("GET * HTTP/1.1")).is_refused();
  row("9112-5-1", get("A\r\n")).is_refused();
  row("9112-5-1", get(": b\r\n")).is_refused();
  row("9112-5-1", get("A(b): c\r\n")).is_refused();
  row("9112-5.1-1", get("A : b\r\n")).is_refused();
  row("9112-5.1-2", get()).answered(answer("A : b\r\nContent-Length: 0\r\n")).is(502);
  row("9112-5.2-1", get("A: b\r\n c\r\n")).is_refused();
  row("9112-5.2-2", get()).answered(answer("A: b\r\n\tc\r\nContent-Length: 0\r\n")).is(502);
  row("9112-6.1-1", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"))
      .is_refused();
  row("9112-6.1-1", post("Transfer-Encoding: chunked, chunked\r\n", "0\r\n\r\n")).is_refused();
  for (const char* coding : {"gzip, chunked", "xchunked", "chunked;a=b",
                             "\x0b"
                             "chunked",
                             "identity", ""})
    row("9112-6.1-2", post("Transfer-Encoding: " + std::string(coding) + "\r\n", "0\r\n\r\n")).is_refused();
  row("9112-6.1-3", "POST / HTTP/1.0\r\nHost: shop.test\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
      .is_refused();
  row("9112-6.1-3", get())
      .answered("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n")
      .is(502);
  row("9112-6.1-4", request("GET / HTTP/1.0"))
      .answered(answer("Transfer-Encoding: chunked\r\n", "2\r\nok\r\n0\r\n\r\n"))
      .ends()
      .gives("\r\n\r\nok")
      .withholds("Transfer-Encoding");
  row("9112-6.1-5", get())
      .answered(answer("Transfer-Encoding: chunked\r\n", "", "204 No Content"))
      .is(204)
      .withholds("Transfer-Encoding");
  row("9112-6.2-1", get())
      .answered_and_closed(answer("", "to the end"))
      .gives("Transfer-Encoding: chunked\r\n")
      .withholds("Content-Length: 10");
  row("9112-6.3-1", get()).answered(answer("Content-Length: 9\r\n", "", "204 No Content")).is(204);
  row("9112-6.3-1", get()).answered(answer("Content-Length: 9\r\n", "", "304 Not Modified")).is(304);
  row("9112-6.3-1", "HEAD / HTTP/1.1\r\nHost: shop.test\r\n\r\n")
      .answered(answer("Transfer-Encoding: chunked\r\n"))
      .withholds("0\r\n\r\n");
  row("9112-6.3-2", post("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")).is_refused();
  row("9112-6.3-2", post("Transfer-Encoding: chunked\r\nContent-Length: 4\r\n", "0\r\n\r\n")).is_refused();
  row("9112-6.3-3", get())
      .answered(answer("Content-Length: 2\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"))
      .is(502);
  row("9112-6.3-4", post("Transfer-Encoding: gzip\r\n", "")).is_refused();
  for (const char* length : {"5,5", "+5", "-0", "5 5", "0x5", "", "5;", "18446744073709551621"})
    row("9112-6.3-5", post("Content-Length: " + std::string(length) + "\r\n", "hello")).is_refused();
  row("9112-6.3-5", post("Content-Length: 5\r\nContent-Length: 5\r\n", "hello")).is_refused();
  row("9112-6.3-5", post("Content-Length: 5\r\ncontent-length: 6\r\n", "hello")).is_refused();
  for (const char* length : {"5,6", "5,5", "+5", "", "1e1"})
    row("9112-6.3-6", get())
        .answered(answer("Content-Length: " + std::string(length) + "\r\n", "hello"))
        .is(502);
  row("9112-6.3-6", get()).answered(answer("Content-Length: 5\r\nContent-Length: 6\r\n", "hello")).is(502);
  row("9112-6.3-7", get()).answered_and_closed(answer("", "all of it")).gives("9\r\nall of it\r\n0\r\n\r\n");
  row("9112-7.1-1", chunks("000000000000002;a=b\r\nab\r\n00\r\n\r\n")).passes("ab");
  for (const char* size : {"0x2", "2 ", "+2", "-2", "g", "", "11111111111111111111", "2\t", "2_"})
    row("9112-7.1-2", chunks(std::string(size) + "\r\nab\r\n0\r\n\r\n")).is_refused();
  row("9112-7.1-3", chunks("2\r\nabc\r\n0\r\n\r\n")).is_refused();
  row("9112-7.1-3", chunks("2\nab\r\n0\r\n\r\n")).is_refused();
  row("9112-7.1-3", chunks("2\r\nab\n0\r\n\r\n")).is_refused();
  row("9112-7.1.1-1", chunks("2;a;b=c;d=\"e f\"\r\nab\r\n0;last\r\n\r\n")).passes("ab");
  row("9112-7.1.1-2", chunks("2;a\nb\r\nab\r\n0\r\n\r\n")).is_refused();
  row("9112-7.1.1-2", chunks("2;" + std::string(17 << 10, 'a') + "\r\nab\r\n0\r\n\r\n")).is_refused();
  row("9112-7.1.2-1", request("GET / HTTP/1.0"))
      .answered(answer("Transfer-Encoding: chunked\r\n", "2\r\nok\r\n0\r\nX-Sum: 7\r\n\r\n"))
      .ends()
      .withholds("X-Sum");
  row("9112-7.4-1", get("TE: chunked, trailers\r\nConnection: TE\r\n")).keeps_back("TE:");
  row("9112-8-1", get())
      .answered_and_closed(answer("Transfer-Encoding: chunked\r\n", "5\r\nhel"))
      .ends()
      .withholds("0\r\n\r\n");
  row("9112-8-2", get()).answered_and_closed("HTTP/1.1 200 OK\r\nContent-Le").is(502);
  row("9112-9.3-1", request("GET / HTTP/1.0")).ends().gives("Connection: close\r\n");
  row("9112-9.3-2", get() + get("Connection: close\r\n")).ends();
  row("9112-9.3.1-1", post("Content-Length: 2\r\n", "ab")).answered("").is(502).reaches_times(1);
  row("9112-9.6-1", get("Connection: close\r\n")).ends().gives("Connection: close\r\n");
  row("9112-9.6-2", get() + get())
      .answered(answer("Connection: close\r\nContent-Length: 0\r\n"))
      .over_connections(2);
  return rows;
}

}  // namespace hancock::slardar::testing
