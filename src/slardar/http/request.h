// Request: one visitor's request from its head to the end of its answer, as the parts of its exchange share
// it. What differs by the visitor's protocol stands behind `body` and `sink`. Lives in the coroutine that
// serves it; worker's thread only.
#pragma once

#include <algorithm>
#include <array>

#include "slardar/http/answer_sink.h"
#include "slardar/http/request_body.h"
#include "slardar/http/traceparent.h"
#include "slardar/worker/worker_parts.h"

namespace hancock::io {
class TlsStream;
}

namespace hancock::slardar {

struct Request {
  Request(WorkerParts& parts, std::string_view ip, const http::RequestView& parsed, RequestBody& from,
          AnswerSink& to)
      : worker(parts), visitor_ip(ip), body(from), sink(to), head_(parsed) {
    make_id(parts.traffic.random().next());
  }

  /// The visitor's connection is encrypted.
  void came_by(const io::TlsStream& stream) {
    tls = &stream;
    proto = "https";
  }

  const http::RequestView& head() const { return head_; }
  bool idempotent() const;
  /// The path that routes are matched with.
  std::string_view path() const;
  void count_in(uint64_t bytes) {
    worker.counters.bytes_in += bytes;
    bytes_in += bytes;
  }
  /// Finds its trace, or begins one.
  void find_trace();
  /// Its trace begins here.
  bool began_trace() const { return traceparent.data() == own_trace.data(); }
  /// What its route says about the head of its answer.
  void edit(ResponseForward& how) const;
  /// As it says itself, or by what has come of it.
  bool is_body_too_large() const;
  /// Its visitor is to come back on another connection: the worker drains, and his moment has come.
  bool is_last() const { return worker.drain && worker.loop.now() >= worker.drain->moment_of(share); }
  /// So long from now, but not past what its route gives it as a whole.
  TimePoint until(Duration span) const { return std::min(worker.loop.now() + span, over_at); }

  WorkerParts& worker;
  std::string_view visitor_ip;
  std::string_view protocol = {};   // for the log, "HTTP/2.0"; "": as its head says
  std::string_view proto = "http";  // how the visitor came: "http" or "https"
  RequestBody& body;
  AnswerSink& sink;
  const io::TlsStream* tls = nullptr;  // the visitor's connection, when it is encrypted
  io::Stream* connection = nullptr;    // the visitor's in any case; for HTTP/2 that of many requests
  PinnedRoute route;
  std::unique_ptr<ScriptWish> script;  // what its host's script wants of it; nullptr: there is none
  Admission admission;  // to a route with limits
  TimePoint began;
  TimePoint over_at = kForever;  // its route's total time
  std::string set_cookie;        // what makes a new client sticky
  std::string_view traceparent;  // of its head or in own_trace; "": none
  TraceParentText own_trace{};   // when it came without
  DrainShare share = 0;          // its connection's
  std::array<char, 16> id{};     // X-Request-Id when the visitor sent none
  int status = 0;                // what the visitor got; 0: nothing
  Failure failure = Failure::kNone;
  uint64_t bytes_in = 0;  // of its body, or of an upgraded stream
  uint32_t tries = 0;
  std::string last_peer;  // for the log: the one that was tried last, if it gave no answer

 private:
  const http::RequestView& head_;
  void make_id(uint64_t bits);
};

}  // namespace hancock::slardar
