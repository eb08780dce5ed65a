// Http2Peer: a peer who speaks HTTP/2 frame by frame, so that he can also say what no server would.
//
// Takes connections as they come and acknowledges SETTINGS; everything else is for the test to say. Requests
// are told apart by connection and stream. Plain calls, beside a loop that somebody else runs. One thread.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "io/scope.h"
#include "slardar/testing/http2_visitor.h"

namespace hancock::slardar::testing {

class Http2Peer {
 public:
  using H2 = Http2Visitor;
  using Fields = H2::Fields;
  using Settings = std::vector<std::pair<uint16_t, uint32_t>>;

  struct Request {
    size_t connection = 0;
    uint32_t stream = 0;
    http::Headers head;
    std::string body;
    http::Headers trailers;
    bool ended = false;
    std::optional<int> reset;
  };

  /// `settings`: of each connection.
  explicit Http2Peer(io::Loop& loop, Settings settings = {});
  ~Http2Peer();
  uint16_t port() const;
  /// Closes the port too.
  void stop_listening() { listener_.reset(); }

  /// In the order in which they began; they stay where they are.
  std::deque<Request>& requests() { return requests_; }
  size_t connections() const { return links_.size(); }
  bool is_open(size_t connection) const { return links_[connection]->stream != nullptr; }
  int pings(size_t connection) const { return links_[connection]->pings; }
  const std::optional<int>& told_to_go(size_t connection) const { return links_[connection]->go_away; }

  void head(const Request& request, const Fields& fields, uint8_t flags = H2::kEndHeaders);
  void data(const Request& request, std::string_view bytes, uint8_t flags = 0);
  /// 200 with that body.
  void answer(const Request& request, const std::string& body);
  void reset(const Request& request, int code);
  void go_away(size_t connection, uint32_t last_stream, int code = H2::kNoError);
  void send(size_t connection, const H2::Frame& frame);
  void close(size_t connection);

  /// Acknowledges PING.
  bool answers_pings = true;
  /// Gives back what was received; else the test does.
  bool gives_windows = true;
  /// What it may send of that request's answer.
  int64_t window_of(const Request& request) const;

 private:
  struct Link {
    std::unique_ptr<io::SocketStream> stream;
    std::string input;
    std::string output;
    void* inflater = nullptr;
    bool had_preface = false;
    int pings = 0;
    std::optional<int> go_away;
    int64_t initial_window = 65'535;
    std::map<uint32_t, int64_t> windows;
  };
  io::Async<void> accept();
  io::Async<void> serve(size_t connection);
  io::Async<void> write(size_t connection);
  void take_frames(size_t connection);
  void take(size_t connection, const H2::Frame& frame);
  void take_head(size_t connection, const H2::Frame& frame);
  Request* find(size_t connection, uint32_t stream);

  io::Loop& loop_;
  const Settings settings_;
  std::unique_ptr<io::Listener> listener_;
  std::deque<std::unique_ptr<Link>> links_;
  std::deque<Request> requests_;
  io::Scope scope_;
};

}  // namespace hancock::slardar::testing
