// Request: one visitor's request from its head to the end of its answer, as the parts of its exchange share
// it. Lives in the connection's coroutine; worker's thread only.
#pragma once

#include <array>

#include "slardar/request_body.h"
#include "slardar/worker_parts.h"

namespace hancock::slardar {

struct Request {
  Request(WorkerParts& parts, io::Stream& from, std::string_view ip, MessageBuffer& buffer)
      : worker(parts), visitor(from), visitor_ip(ip), head_buffer(buffer), body(from, parts.buffers) {
    make_id(parts.traffic.random().next());
  }

  const http::RequestView& head() const { return head_buffer.request; }
  bool idempotent() const;
  /// The path that routes are matched with.
  std::string_view path() const;

  WorkerParts& worker;
  io::Stream& visitor;
  std::string_view visitor_ip;
  MessageBuffer& head_buffer;  // holds the head and the first part of the body to the end
  RequestBody body;
  PinnedRoute route;
  TimePoint began;
  std::array<char, 16> id{};  // X-Request-Id when the visitor sent none
  int status = 0;             // what the visitor got; 0: nothing
  Failure failure = Failure::kNone;
  uint64_t bytes_out = 0;

 private:
  void make_id(uint64_t bits);
};

}  // namespace hancock::slardar
