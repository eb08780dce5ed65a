#include "io/tls_stream.h"

#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <fstream>
#include <future>

#include "base/testing/temp_dir.h"
#include "io/scope.h"
#include "io/testing/certificates.h"

namespace hancock::io {
namespace {

using testing::PemPair;
using testing::TestCa;

/// Both ends of connections, in one loop.
class Tls : public ::testing::Test {
 protected:
  struct Pair {
    std::unique_ptr<TlsStream> visitor;
    std::unique_ptr<TlsStream> server;
    Result<void> visitor_done;
    Result<void> server_done;
  };

  Tls() {
    std::ofstream(ca_file_) << ca_.pem();
    client_ = *TlsClient::make({.verify = true, .ca = ca_file_});
  }

  std::unique_ptr<SocketStream> dial() {
    return std::move(*loop_.block_on(connect(loop_, listener_->address(), loop_.now() + 5s)));
  }
  std::unique_ptr<SocketStream> accepted() { return std::move(*loop_.block_on(listener_->accept())); }

  Pair connect_with(const TlsClient& client, const std::string& name) {
    Pair pair;
    pair.visitor = std::make_unique<TlsStream>(client, dial(), name);
    pair.server = std::make_unique<TlsStream>(server_, accepted());
    Scope scope;
    scope.spawn(shake(*pair.visitor, pair.visitor_done));
    scope.spawn(shake(*pair.server, pair.server_done));
    loop_.block_on(joined(scope));
    return pair;
  }
  Pair connected() { return connect_with(*client_, "shop.test"); }

  Async<void> shake(TlsStream& stream, Result<void>& done) {
    done = co_await stream.handshake(loop_.now() + 5s);
  }
  static Async<void> joined(Scope& scope) { co_await scope.join(); }
  static Async<void> send_all(Stream& stream, std::string_view bytes) {
    auto sent = co_await stream.send(bytes);
    EXPECT_TRUE(sent);
    stream.shutdown_write();
  }
  static Async<void> read_all(Stream& stream, std::string& all, Result<size_t>& last) {
    std::vector<char> buffer(128 << 10);
    while (true) {
      last = co_await stream.recv(buffer);
      if (!last || *last == 0) co_return;
      all.append(buffer.data(), *last);
    }
  }
  Result<size_t> recv(Stream& stream, std::span<char> buffer) {
    return loop_.block_on(receive(stream, buffer));
  }
  Async<Result<size_t>> receive(Stream& stream, std::span<char> buffer) {
    co_return co_await stream.recv(buffer, loop_.now() + 5s);
  }
  std::string some(Stream& stream) {
    std::vector<char> buffer(4096);
    const auto count = recv(stream, buffer);
    return count ? std::string(buffer.data(), *count) : count.error().message;
  }
  Result<void> send(Stream& stream, std::string_view bytes) { return loop_.block_on(deliver(stream, bytes)); }
  static Async<Result<void>> deliver(Stream& stream, std::string_view bytes) {
    co_return co_await stream.send(bytes);
  }

  CertificatePtr issue(const std::vector<std::string>& names) {
    const PemPair pem = ca_.issue(names);
    return *Certificate::of_pem(pem.chain, pem.key);
  }

  Loop loop_;
  TempDir folder_{"tls"};
  const std::string ca_file_ = folder_ / "ca.pem";
  TestCa ca_;
  CertificatePtr certificate_ = issue({"shop.test", "127.0.0.1"});
  TlsServer server_{loop_, TicketKeys({}, loop_.now()), {"h2", "http/1.1"}, [this](std::string_view) {
                      return certificate_;
                    }};
  std::shared_ptr<const TlsClient> client_;
  std::unique_ptr<Listener> listener_ = *Listener::listen(loop_, *Address::parse("127.0.0.1:0"));
};

TEST_F(Tls, a_handshake_tells_name_protocol_and_version) {
  Pair pair = connect_with(*client_, "Shop.Test");
  ASSERT_TRUE(pair.visitor_done && pair.server_done);
  EXPECT_EQ(pair.server->server_name(), "shop.test");
  EXPECT_EQ(pair.server->certificate(), certificate_);
  EXPECT_EQ(pair.server->protocol(), "http/1.1");
  EXPECT_EQ(pair.visitor->protocol(), "http/1.1");
  EXPECT_EQ(pair.server->version(), "TLSv1.3");
  EXPECT_FALSE(pair.server->resumed());
}

TEST_F(Tls, much_goes_both_ways_and_each_ends_by_itself) {
  Pair pair = connected();
  const std::string forth(3'000'001, 'f');
  const std::string back(2'000'003, 'b');
  std::string got_forth;
  std::string got_back;
  Result<size_t> end_forth;
  Result<size_t> end_back;
  Scope scope;
  scope.spawn(read_all(*pair.server, got_forth, end_forth));
  scope.spawn(read_all(*pair.visitor, got_back, end_back));
  scope.spawn(send_all(*pair.visitor, forth));
  scope.spawn(send_all(*pair.server, back));
  loop_.block_on(joined(scope));
  EXPECT_TRUE(got_forth == forth);
  EXPECT_TRUE(got_back == back);
  EXPECT_TRUE(end_forth && *end_forth == 0);
  EXPECT_TRUE(end_back && *end_back == 0);
}

TEST_F(Tls, gathered_parts_arrive_in_order_whatever_their_sizes) {
  Pair pair = connected();
  std::vector<std::string> texts{"head", "",  std::string(20'000, 'a'),  "x",  std::string(16'384, 'b'),
                                 "y",    "z", std::string(100'000, 'c'), "end"};
  std::string whole;
  std::vector<iovec> parts;
  for (std::string& text : texts) {
    whole += text;
    parts.push_back({text.data(), text.size()});
  }
  std::string got;
  Result<size_t> end;
  const auto deliver_parts = [](Stream& stream, std::span<iovec> all) -> Async<void> {
    auto sent = co_await stream.send(all);
    EXPECT_TRUE(sent);
    stream.shutdown_write();
  };
  Scope scope;
  scope.spawn(read_all(*pair.visitor, got, end));
  scope.spawn(deliver_parts(*pair.server, parts));
  loop_.block_on(joined(scope));
  EXPECT_TRUE(got == whole);
}

TEST_F(Tls, an_end_is_told_from_a_cut) {
  Pair ended = connected();
  ASSERT_TRUE(send(*ended.server, "all"));
  ended.server->say_end();
  ended.server.reset();
  EXPECT_EQ(some(*ended.visitor), "all");
  EXPECT_EQ(some(*ended.visitor), "");

  Pair cut = connected();
  ASSERT_TRUE(send(*cut.server, "half"));
  cut.server.reset();
  EXPECT_EQ(some(*cut.visitor), "half");
  std::vector<char> buffer(10);
  const auto end = recv(*cut.visitor, buffer);
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().code, ErrorCode::kClosed);
}

TEST_F(Tls, an_end_that_came_with_the_last_bytes_is_read_without_another_edge) {
  Pair pair = connected();
  ASSERT_TRUE(send(*pair.server, "last"));
  pair.server->say_end();
  ASSERT_TRUE(loop_.block_on([](Loop& loop) -> Async<bool> {
    co_await loop.sleep_for(20ms);
    co_return true;
  }(loop_)));
  EXPECT_EQ(some(*pair.visitor), "last");
  EXPECT_EQ(some(*pair.visitor), "");
}

TEST_F(Tls, what_is_left_in_openssl_is_read_without_an_edge) {
  Pair pair = connected();
  ASSERT_TRUE(send(*pair.server, std::string(10'000, 'x')));
  std::vector<char> small(1'000);
  for (int i = 0; i < 10; ++i) {
    const auto count = recv(*pair.visitor, small);
    ASSERT_TRUE(count);
    EXPECT_EQ(*count, small.size());
  }
}

TEST_F(Tls, a_connection_on_which_tickets_came_is_quiet) {
  Pair pair = connected();
  ASSERT_TRUE(send(*pair.visitor, "question"));
  EXPECT_EQ(some(*pair.server), "question");
  EXPECT_TRUE(pair.visitor->quiet());
  ASSERT_TRUE(send(*pair.server, "unasked"));
  EXPECT_FALSE(pair.visitor->quiet());
  EXPECT_EQ(some(*pair.visitor), "unasked");
  EXPECT_TRUE(pair.visitor->quiet());
  pair.server->shutdown_write();
  EXPECT_FALSE(pair.visitor->quiet());
}

TEST_F(Tls, a_client_refuses_who_is_not_whom_it_asked_for) {
  Pair wrong = connect_with(*client_, "other.test");
  ASSERT_FALSE(wrong.visitor_done);
  EXPECT_NE(wrong.visitor_done.error().message.find("ostname mismatch"), std::string::npos)
      << wrong.visitor_done.error().message;
  EXPECT_FALSE(wrong.server_done && send(*wrong.server, "x") && some(*wrong.server) == "x");
  EXPECT_TRUE(connect_with(*client_, "127.0.0.1").visitor_done);

  const auto strict = *TlsClient::make({});
  Pair unknown = connect_with(*strict, "shop.test");
  ASSERT_FALSE(unknown.visitor_done);
  EXPECT_NE(unknown.visitor_done.error().message.find("certificate: "), std::string::npos);
  const auto lenient = *TlsClient::make({.verify = false, .ca = {}});
  EXPECT_TRUE(connect_with(*lenient, "other.test").visitor_done);
  EXPECT_FALSE(TlsClient::make({.verify = true, .ca = folder_ / "none.pem"}));
}

TEST_F(Tls, no_common_protocol_is_no_handshake) {
  const auto odd = *TlsClient::make({.verify = true, .ca = ca_file_, .protocols = {"spdy/3"}});
  Pair pair = connect_with(*odd, "shop.test");
  EXPECT_FALSE(pair.visitor_done);
  EXPECT_FALSE(pair.server_done);
}

TEST_F(Tls, who_speaks_http_is_known_and_can_be_answered) {
  auto visitor = dial();
  TlsStream server(server_, accepted());
  ASSERT_TRUE(send(*visitor, "GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n"));
  Result<void> done;
  loop_.block_on(shake(server, done));
  ASSERT_FALSE(done);
  EXPECT_TRUE(server.met_plain_http());
  auto plain = server.take_socket();
  ASSERT_TRUE(send(*plain, "HTTP/1.1 400 Bad Request\r\n\r\n"));
  EXPECT_NE(some(*visitor).find("400 Bad"), std::string::npos);
}

TEST_F(Tls, a_handshake_that_stalls_ends_at_its_deadline) {
  auto visitor = dial();
  TlsStream server(server_, accepted());
  ASSERT_TRUE(send(*visitor, std::string_view("\x16\x03\x01\x02\x00\x01", 6)));  // half a ClientHello
  const auto done = loop_.block_on(server.handshake(loop_.now() + 100ms));
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::kTimeout);
}

TEST_F(Tls, a_reader_who_is_slow_holds_a_bounded_piece) {
  Pair pair = connected();
  const std::string much(8 << 20, 'x');
  std::string got;
  Result<size_t> end;
  Scope scope;
  scope.spawn(send_all(*pair.server, much));
  loop_.block_on([](Loop& loop) -> Async<void> { co_await loop.sleep_for(50ms); }(loop_));
  EXPECT_EQ(scope.running(), 1U);  // it waits for the reader
  scope.spawn(read_all(*pair.visitor, got, end));
  loop_.block_on(joined(scope));
  EXPECT_TRUE(got == much);
}

/// A client with OpenSSL alone, blocking: keeps the session of its last connection for the next one.
class Returning {
 public:
  Returning() : context_(SSL_CTX_new(TLS_client_method())) {}
  ~Returning() {
    SSL_SESSION_free(session_);
    SSL_CTX_free(context_);
  }
  /// Reads to the end; whether the server knew it again.
  bool visit(const Address& address) {
    BIO* const bio = BIO_new_connect(address.to_string().c_str());
    SSL* const ssl = SSL_new(context_);
    SSL_set_bio(ssl, bio, bio);
    if (session_) SSL_set_session(ssl, session_);
    EXPECT_EQ(SSL_connect(ssl), 1);
    char byte = 0;
    while (SSL_read(ssl, &byte, 1) == 1) {
    }
    const bool resumed = SSL_session_reused(ssl) == 1;
    SSL_SESSION_free(std::exchange(session_, SSL_get1_session(ssl)));
    SSL_shutdown(ssl);
    SSL_free(ssl);
    return resumed;
  }

 private:
  SSL_CTX* const context_;
  SSL_SESSION* session_ = nullptr;
};

TEST_F(Tls, a_ticket_outlives_two_changes_of_the_keys_and_no_more) {
  const TimePoint now = loop_.now();
  const auto visit = [&](Returning& visitor, Duration ago) {
    TlsServer server(loop_, TicketKeys({}, now - ago, 1h), {"http/1.1"},
                     [this](std::string_view) { return certificate_; });
    auto resumed = std::async(std::launch::async, [&] { return visitor.visit(listener_->address()); });
    TlsStream stream(server, accepted());
    Result<void> done;
    loop_.block_on(shake(stream, done));
    EXPECT_TRUE(done);
    EXPECT_TRUE(send(stream, "word"));
    stream.shutdown_write();
    EXPECT_EQ(resumed.get(), stream.resumed());
    return stream.resumed();
  };
  for (const int hours : {0, 1, 2}) {
    Returning visitor;
    EXPECT_FALSE(visit(visitor, 0h));
    EXPECT_TRUE(visit(visitor, hours * 1h)) << hours;
  }
  Returning late;
  EXPECT_FALSE(visit(late, 0h));
  EXPECT_FALSE(visit(late, 3h));
  EXPECT_TRUE(visit(late, 3h)) << "it has got a new one";
}

}  // namespace
}  // namespace hancock::io
