#include "strictness_cases.h"

#include "row.h"

namespace hancock::slardar::testing {
namespace {

std::string with_lengths(const std::string& lines) { return post(lines, "0\r\n\r\n"); }

class Cases {
 public:
  /// Refused by slardar.
  void add(const std::string& name, const std::string& bytes, const std::string& mark) {
    list.push_back({name, bytes, mark, refused_as_});
  }
  void add(const std::string& name, const std::string& bytes, const std::string& mark,
           const std::string& expected) {
    list.push_back({name, bytes, mark, expected});
  }
  explicit Cases(std::string refused_as) : refused_as_(std::move(refused_as)) {}
  std::vector<StrictnessCase> list;

 private:
  std::string refused_as_;
};

void add_lengths(Cases& cases) {
  cases.add("Content-Length beside Transfer-Encoding",
            with_lengths("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"), "Content-Length");
  cases.add("Transfer-Encoding beside Content-Length",
            with_lengths("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"), "Content-Length");
  cases.add("Content-Length twice, the same", post("Content-Length: 5\r\nContent-Length: 5\r\n", "hello"),
            "5\r\nContent-Length: 5");
  cases.add("Content-Length twice, not the same", post("Content-Length: 5\r\nContent-Length: 6\r\n", "hello"),
            "Content-Length: 6");
  for (const char* value : {"5,5", "+5", "-5", "5 5", "0x5", "5_0", "", "18446744073709551621"})
    cases.add("Content-Length `" + std::string(value) + "`",
              post("Content-Length: " + std::string(value) + "\r\n", "hello"),
              "Content-Length: " + std::string(value) + "\r\n");
  for (const char* value : {"gzip, chunked", "chunked, identity", "chunked, chunked", "xchunked", "identity"})
    cases.add("Transfer-Encoding `" + std::string(value) + "`",
              with_lengths("Transfer-Encoding: " + std::string(value) + "\r\n"), value);
  cases.add("Transfer-Encoding twice",
            with_lengths("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
            "chunked\r\nTransfer-Encoding");
  cases.add("Transfer-Encoding behind a tab", with_lengths("Transfer-Encoding:\tchunked\r\n"), "\tchunked");
  cases.add("Transfer-Encoding behind a vertical tab",
            with_lengths("Transfer-Encoding: \x0b"
                         "chunked\r\n"),
            "\x0b");
  cases.add("Transfer-Encoding with a blank before the colon",
            with_lengths("Transfer-Encoding : chunked\r\n"), "Encoding :");
  cases.add("Transfer-Encoding folded", with_lengths("Transfer-Encoding:\r\n chunked\r\n"), "\r\n chunked");
  cases.add("Transfer-Encoding in HTTP/1.0",
            "POST / HTTP/1.0\r\nHost: shop.test\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "chunked");
}

void add_lines(Cases& cases) {
  cases.add("a folded line", get("A: b\r\n folded\r\n"), "\r\n folded");
  cases.add("a blank before the first field", "GET / HTTP/1.1\r\n A: b\r\nHost: shop.test\r\n\r\n", " A: b");
  cases.add("a blank before the colon", get("A : b\r\n"), "A : b");
  cases.add("an empty name", get(": b\r\n"), "\r\n: b");
  cases.add("a name with a blank", get("A b: c\r\n"), "A b");
  cases.add("a name with a NUL", get("A" + std::string(1, '\0') + ": c\r\n"), "A" + std::string(1, '\0'));
  cases.add("a line without a colon", get("A\r\n"), "\r\nA\r\n");
  cases.add("bare LF behind a field", "GET / HTTP/1.1\r\nHost: shop.test\nA: b\r\n\r\n", "\nA: b");
  cases.add("bare LF behind all lines", "GET / HTTP/1.1\nHost: shop.test\nA: b\n\n", "\nA: b\n");
  cases.add("bare CR behind a field", get("A: b\rC: d\r\n"), "\rC");
  cases.add("NUL in a value", get("A: b" + std::string(1, '\0') + "c\r\n"), std::string(1, '\0'));
  cases.add("a control byte in a value",
            get("A: b\x01"
                "c\r\n"),
            "\x01");
  cases.add("DEL in a value",
            get("A: b\x7f"
                "c\r\n"),
            "\x7f");
}

void add_chunks(Cases& cases) {
  for (const char* size :
       {"0x5", "+5", "-5", "5_", "5 ", " 5", "5;a\nb", "5\t", "000000000000000005", "10000000000000005"})
    cases.add("chunk size `" +
                  std::string(size == std::string("5;a\nb") ? "5;a LF b"
                              : size == std::string("5\t")  ? "5 TAB"
                                                            : size) +
                  "`",
              chunks(std::string(size) + "\r\nhello\r\n0\r\n\r\n"), "\r\n" + std::string(size) + "\r\n");
  cases.add("bare LF behind a chunk's size", chunks("5\nhello\r\n0\r\n\r\n"), "5\nhello");
  cases.add("bare CR behind a chunk's size", chunks("5\rhello\r\n0\r\n\r\n"), "5\rhello");
  cases.add("bare LF behind a chunk's data", chunks("5\r\nhello\n0\r\n\r\n"), "hello\n0");
  cases.add("bare CR in a chunk's extension", chunks("5;a\rb\r\nhello\r\n0\r\n\r\n"), "a\rb");
  cases.add("a chunk longer than its size", chunks("4\r\nhello\r\n0\r\n\r\n"), "hello");
  cases.add("bare LF behind a trailer", chunks("0\r\nA: b\n\r\n"), "A: b\n");
  cases.add("Content-Length in the trailers", chunks("0\r\nContent-Length: 5\r\n\r\n"),
            "\r\nContent-Length: 5");
}

void add_targets(Cases& cases) {
  cases.add("no Host", "GET / HTTP/1.1\r\nA: b\r\n\r\n", "A: b");
  cases.add("Host twice, the same", get("Host: shop.test\r\n"), "shop.test\r\nHost");
  cases.add("Host twice, not the same", get("Host: other.test\r\n"), "other.test");
  cases.add("Host with a path", "GET / HTTP/1.1\r\nHost: shop.test/x\r\n\r\n", "Host: shop.test/x");
  cases.add("Host with user info", "GET / HTTP/1.1\r\nHost: u@shop.test\r\n\r\n", "Host: u@");
  cases.add("a URL of another host than Host", "GET http://other.test/ HTTP/1.1\r\nHost: shop.test\r\n\r\n",
            "Host: shop.test");
  cases.add("a fragment", "GET /a#b HTTP/1.1\r\nHost: shop.test\r\n\r\n", "/a#b");
  cases.add("a control byte in the target", "GET /a\x01 HTTP/1.1\r\nHost: shop.test\r\n\r\n", "/a\x01");
  cases.add("two blanks in the request line", "GET  / HTTP/1.1\r\nHost: shop.test\r\n\r\n", "GET  /");
  cases.add("a tab in the request line", "GET\t/ HTTP/1.1\r\nHost: shop.test\r\n\r\n", "GET\t/");
  cases.add("HTTP/0.9", "GET /\r\n", "GET /\r\n");
  cases.add("HTTP/1.2", "GET / HTTP/1.2\r\nHost: shop.test\r\n\r\n", "HTTP/1.2", "505");
  cases.add("TRACE", "TRACE / HTTP/1.1\r\nHost: shop.test\r\n\r\n", "TRACE", "405");
  cases.add("CONNECT", "CONNECT shop.test:80 HTTP/1.1\r\nHost: shop.test:80\r\n\r\n", "CONNECT", "405");
  cases.add("Connection names Host: it stays", get("Connection: Host\r\n"), "Host: shop.test", "passed on");
  cases.add("Connection names Content-Length: it stays",
            post("Connection: Content-Length\r\nContent-Length: 5\r\n", "hello"), "Content-Length: 5",
            "passed on");
  cases.add("Connection names X-Forwarded-For: it stays",
            get("Connection: X-Forwarded-For\r\nX-Forwarded-For: 1.1.1.1\r\n"),
            "X-Forwarded-For: ", "passed on");
  cases.add("a head of 40 KiB", get("A: " + std::string(40'000, 'x') + "\r\n"), "xxx", "431");
  std::string many;
  for (int i = 0; i < 101; ++i) many += "A: b\r\n";
  cases.add("102 fields", get(many), "A: b", "431");
  cases.add("a target of 9 KiB", "GET /" + std::string(9'000, 'x') + " HTTP/1.1\r\nHost: shop.test\r\n\r\n",
            "xxx", "414");
}

}  // namespace

std::vector<StrictnessCase> strict_requests() {
  Cases cases("400");
  add_lengths(cases);
  add_lines(cases);
  add_chunks(cases);
  add_targets(cases);
  return cases.list;
}

std::vector<StrictnessCase> strict_answers() {
  Cases cases("502");
  const std::string last = "0\r\n\r\n";
  cases.add("Content-Length beside Transfer-Encoding",
            answer("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", last), "Content-Length");
  cases.add("Content-Length twice, the same", answer("Content-Length: 5\r\nContent-Length: 5\r\n", "hello"),
            "5\r\nContent-Length");
  cases.add("Content-Length twice, not the same",
            answer("Content-Length: 5\r\nContent-Length: 6\r\n", "hello"), "Content-Length: 6");
  for (const char* value : {"5,5", "+5", "-5", "0x5", ""})
    cases.add("Content-Length `" + std::string(value) + "`",
              answer("Content-Length: " + std::string(value) + "\r\n", "hello"),
              "Content-Length: " + std::string(value) + "\r\n");
  for (const char* value : {"gzip, chunked", "chunked, chunked", "xchunked", "identity"})
    cases.add("Transfer-Encoding `" + std::string(value) + "`",
              answer("Transfer-Encoding: " + std::string(value) + "\r\n", last), value);
  cases.add("Transfer-Encoding in HTTP/1.0", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + last,
            "chunked");
  cases.add("a folded line", answer("A: b\r\n folded\r\nContent-Length: 0\r\n"), "\r\n folded");
  cases.add("a blank before the colon", answer("A : b\r\nContent-Length: 0\r\n"), "A : b");
  cases.add("an empty name", answer(": b\r\nContent-Length: 0\r\n"), "\r\n: b");
  cases.add("a line without a colon", answer("A\r\nContent-Length: 0\r\n"), "\r\nA\r\n");
  cases.add("bare LF behind a field", "HTTP/1.1 200 OK\r\nA: b\nContent-Length: 0\r\n\r\n", "A: b\n");
  cases.add("bare CR in a value", answer("A: b\rC: d\r\nContent-Length: 0\r\n"), "\rC");
  cases.add("NUL in a value", answer("A: b" + std::string(1, '\0') + "c\r\nContent-Length: 0\r\n"),
            std::string(1, '\0'));
  cases.add("a control byte in a value",
            answer("A: b\x01"
                   "c\r\nContent-Length: 0\r\n"),
            "\x01");
  cases.add("bare LF behind a chunk's size", answer("Transfer-Encoding: chunked\r\n", "5\nhello\r\n" + last),
            "5\nhello");
  cases.add("chunk size `0x5`", answer("Transfer-Encoding: chunked\r\n", "0x5\r\nhello\r\n" + last), "0x5");
  cases.add("chunk size `5 `", answer("Transfer-Encoding: chunked\r\n", "5 \r\nhello\r\n" + last), "5 \r\n");
  cases.add("bare LF in a chunk's extension",
            answer("Transfer-Encoding: chunked\r\n", "5;a\nb\r\nhello\r\n" + last), "a\nb");
  cases.add("HTTP/2.0", "HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n", "HTTP/2.0");
  cases.add("a status of two digits", "HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n", " 20 OK");
  cases.add("no status line", "A: b\r\nContent-Length: 0\r\n\r\n", "A: b");
  cases.add("101 that nobody asked for", answer("Connection: upgrade\r\nUpgrade: a\r\n", "", "101 X"),
            "101 X");
  return cases.list;
}

}  // namespace hancock::slardar::testing
