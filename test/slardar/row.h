// Row: a rule of an RFC as bytes: what a visitor sends, what the peer answers, and what each of them sees
// then.
//
//   Row("9112-5.1-1", get("A : b\r\n")).is_refused()
//   Row("9110-7.6.1-1", get("Connection: x\r\nX: 1\r\n")).passes("GET / HTTP/1.1\r\n").keeps_back("X: 1")
//
// The id names the line of docs/conformance.md; several rows may show one rule.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "slardar/testing/http2_visitor.h"
#include "slardar/testing/recording_peer.h"

namespace hancock::slardar::testing {

inline const std::string kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

inline std::string get(const std::string& lines = "") {
  return "GET / HTTP/1.1\r\nHost: shop.test\r\n" + lines + "\r\n";
}
inline std::string post(const std::string& lines, const std::string& body) {
  return "POST / HTTP/1.1\r\nHost: shop.test\r\n" + lines + "\r\n" + body;
}
inline std::string chunks(const std::string& body) { return post("Transfer-Encoding: chunked\r\n", body); }
inline std::string answer(const std::string& lines, const std::string& body = "",
                          const std::string& status = "200 OK") {
  return "HTTP/1.1 " + status + "\r\n" + lines + "\r\n" + body;
}

struct Row {
  Row(std::string name, std::string bytes) : id(std::move(name)), visitor(std::move(bytes)) {}

  Row& answered(std::string bytes, RecordingPeer::Then next = RecordingPeer::Then::kGoOn) {
    peer = std::move(bytes);
    then = next;
    return *this;
  }
  Row& answered_and_closed(std::string bytes) {
    return answered(std::move(bytes), RecordingPeer::Then::kClose);
  }
  /// The visitor gets that status, and his connection ends; no peer sees anything whole.
  Row& is_refused(int code = 400) {
    reaches = false;
    return is(code).ends();
  }
  /// The status of the final answer; 0: there is none.
  Row& is(int code) {
    status = code;
    return *this;
  }
  /// The visitor's connection is good for another request, or is not.
  Row& stays() { return lasting(true); }
  Row& ends() { return lasting(false); }
  /// So many requests, the last one of all aside; over so many new connections, beside the one that was idle.
  Row& reaches_times(size_t count) {
    times = count;
    return *this;
  }
  Row& over_connections(int count) {
    connections = count;
    return *this;
  }
  Row& passes(std::string text) { return add(peer_sees, std::move(text)); }
  Row& keeps_back(std::string text) { return add(peer_lacks, std::move(text)); }
  Row& gives(std::string text) { return add(visitor_sees, std::move(text)); }
  Row& withholds(std::string text) { return add(visitor_lacks, std::move(text)); }

  std::string id;
  std::string visitor;
  std::string peer = kOk;
  RecordingPeer::Then then = RecordingPeer::Then::kGoOn;
  int status = 200;
  bool reaches = true;  // something whole reaches the peer
  bool keeps = true;    // the visitor's connection
  std::optional<size_t> times;
  std::optional<int> connections;
  std::vector<std::string> peer_sees, peer_lacks, visitor_sees, visitor_lacks;

 private:
  Row& lasting(bool holds) {
    keeps = holds;
    return *this;
  }
  Row& add(std::vector<std::string>& list, std::string text) {
    list.push_back(std::move(text));
    return *this;
  }
};

std::vector<Row> rfc9110_rows();
std::vector<Row> rfc9112_rows();

/// A rule of RFC 9113 as frames: what follows the preface and SETTINGS, and what it comes to.
struct FrameRow {
  enum class End { kConnection, kStream, kAnswer };
  std::string id;
  std::vector<Http2Visitor::Frame> frames;
  End end = End::kConnection;
  int code = 0;         // of the error, or the answer's status
  uint32_t stream = 1;  // whose error or answer it is
};
std::vector<FrameRow> rfc9113_rows();

/// A rule of RFC 6455: what goes through a joined connection.
struct JoinedRow {
  std::string id;
  std::string handshake;    // more lines of the request
  std::string answer;       // of the peer
  std::string forth, back;  // what visitor and peer send then
  std::vector<std::string> peer_sees, visitor_sees;
};
std::vector<JoinedRow> rfc6455_rows();

}  // namespace hancock::slardar::testing
