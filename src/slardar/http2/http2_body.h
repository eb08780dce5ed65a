// Http2Body: a request's body that comes in DATA frames, as the bytes of an HTTP/1 message: in chunks,
// trailers behind them, when it came without a length.
//
// Holds at most what the stream's window lets the visitor send: bytes are given back to the windows only once
// they were passed on, or are not wanted any more. Loop's thread only; lives as long as its stream.
#pragma once

#include <functional>

#include "io/signal.h"
#include "slardar/http/request_body.h"
#include "slardar/http2/http2_head.h"

namespace hancock::slardar {

class Http2Body final : public RequestBody {
 public:
  /// `passed_on` takes the number of bytes that the visitor may send more.
  Http2Body(io::Loop& loop, std::function<void(size_t)> passed_on)
      : arrived_(loop), passed_on_(std::move(passed_on)) {}

  // From the connection.
  void set_chunked() { is_chunked_ = true; }
  void receive(std::string_view data);
  http::Check receive_trailer(std::string_view name, std::string_view value) {
    return append_trailer(name, value, trailers_);
  }
  void end();
  bool has_ended() const { return has_ended_; }
  /// Nobody wants it: what came and what still comes is dropped.
  void discard();

  bool begin() override;
  bool complete() const override { return is_complete_; }
  uint64_t data_bytes() const override { return data_bytes_; }
  io::Async<Result<std::string_view>> next(TimePoint deadline) override;

 private:
  static constexpr size_t kChunkHead = 10;  // room in front of the data for its size and a line end
  std::string_view take();
  void release();

  io::Signal arrived_;
  std::function<void(size_t)> passed_on_;
  std::string incoming_;  // kChunkHead bytes and data; or nothing
  std::string first_taken_;
  std::string taken_;
  std::string trailers_;
  uint64_t data_bytes_ = 0;
  size_t held_bytes_ = 0;   // of data, in incoming_ and taken_
  size_t taken_bytes_ = 0;  // of those, in taken_ or first_taken_
  bool is_chunked_ = false;
  bool has_ended_ = false;
  bool is_complete_ = false;
  bool is_unwanted_ = false;
};

}  // namespace hancock::slardar
