// Request: one visitor's request from its head to the end of its answer, as the parts of its exchange share
// it. What differs by the visitor's protocol stands behind `body` and `sink`. Lives in the coroutine that
// serves it; worker's thread only.
#pragma once

#include <array>

#include "slardar/answer_sink.h"
#include "slardar/request_body.h"
#include "slardar/worker_parts.h"

namespace hancock::slardar {

struct Request {
  Request(WorkerParts& parts, std::string_view ip, const http::RequestView& parsed, RequestBody& from,
          AnswerSink& to)
      : worker(parts), visitor_ip(ip), body(from), sink(to), head_(parsed) {
    make_id(parts.traffic.random().next());
  }

  const http::RequestView& head() const { return head_; }
  bool idempotent() const;
  /// The path that routes are matched with.
  std::string_view path() const;

  WorkerParts& worker;
  std::string_view visitor_ip;
  RequestBody& body;
  AnswerSink& sink;
  PinnedRoute route;
  TimePoint began;
  std::array<char, 16> id{};  // X-Request-Id when the visitor sent none
  int status = 0;             // what the visitor got; 0: nothing
  Failure failure = Failure::kNone;

 private:
  const http::RequestView& head_;
  void make_id(uint64_t bits);
};

}  // namespace hancock::slardar
