// Http2Visitor: a visitor who speaks HTTP/2 frame by frame, so that he can also say what no client would.
//
// Plain calls: each runs the loop until it has its result. Heads are written without compression. One thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "http/message.h"
#include "io/loop.h"
#include "io/tcp.h"

struct nghttp2_hd_inflater;

namespace hancock::slardar::testing {

class Http2Visitor {
 public:
  enum Type : uint8_t {
    kData,
    kHeaders,
    kPriority,
    kReset,
    kSettings,
    kPush,
    kPing,
    kGoAway,
    kWindowUpdate,
    kContinuation
  };
  static constexpr uint8_t kEndStream = 1, kAcknowledged = 1, kEndHeaders = 4;
  static constexpr int kNoError = 0, kProtocolError = 1, kInternalError = 2, kRefusedStream = 7, kCancel = 8,
                       kEnhanceYourCalm = 11;
  static constexpr uint16_t kInitialWindow = 4;

  using Fields = std::vector<http::Header>;
  struct Frame {
    uint8_t type = 0;
    uint8_t flags = 0;
    uint32_t stream = 0;
    std::string payload;
  };
  struct Answer {
    int status = 0;
    std::vector<int> interim;
    http::Headers headers;
    std::string body;
    http::Headers trailers;
    bool ended = false;
    std::optional<int> reset;  // its error
  };

  /// Sends the preface and SETTINGS.
  Http2Visitor(io::Loop& loop, const io::Address& address,
               std::vector<std::pair<uint16_t, uint32_t>> settings = {});
  ~Http2Visitor();

  void send(const Frame& frame);
  static std::string bytes_of(const Frame& frame);
  void send_raw(std::string_view bytes);
  /// The next odd stream number.
  uint32_t next_id() { return std::exchange(next_id_, next_id_ + 2); }
  /// HEADERS with all fields, pseudo-fields too (fields_of()).
  void head(uint32_t id, const Fields& fields, uint8_t flags = kEndHeaders | kEndStream);
  void data(uint32_t id, std::string_view bytes, uint8_t flags = 0);
  void reset(uint32_t id);
  /// GET / of shop.test; its number.
  uint32_t get(const std::string& path = "/", const Fields& more = {});
  static Fields fields_of(const std::string& method, const std::string& path, const Fields& more = {});
  static std::string encoded(const Fields& fields);
  static std::string number(uint64_t value, int bytes);
  static uint32_t number_at(std::string_view text, size_t at, int bytes);

  /// Takes frames until the stream is over, or the connection.
  const Answer& answer(uint32_t id);
  /// Takes frames until that holds; false when the connection ends before.
  bool until(const std::function<bool()>& holds);
  /// Of GOAWAY; takes frames until one comes, -1: the connection ended without.
  int go_away();
  const std::optional<int>& told_to_go() const { return go_away_; }
  uint32_t last_stream() const { return last_stream_; }
  /// Everything until the connection ends; true when it was an end and no reset.
  bool ends();

  /// Gives back to the windows what was received; else the caller does.
  bool gives_windows = true;
  /// What we may send on the whole connection, and on a stream.
  int64_t connection_window = 65'535;
  std::map<uint32_t, int64_t> stream_windows;
  int64_t initial_window = 65'535;
  std::map<uint32_t, Answer> answers;
  bool settings_acknowledged = false;
  int pings_answered = 0;
  size_t data_frames = 0;

 private:
  bool take_frame();
  void take(const Frame& frame);
  void take_head(const Frame& frame);
  void take_settings(const Frame& frame);
  io::Loop& loop_;
  std::unique_ptr<io::SocketStream> stream_;
  std::string input_;
  nghttp2_hd_inflater* inflater_ = nullptr;
  std::optional<int> go_away_;
  uint32_t last_stream_ = 0;
  uint32_t next_id_ = 1;
  bool was_reset_ = false;
};

}  // namespace hancock::slardar::testing
