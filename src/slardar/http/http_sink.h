// HttpSink: answers on an HTTP/1 connection: head and first bytes of the body in one gathered send, nothing
// copied. Worker's thread only; lives as long as its request.
#pragma once

#include "slardar/http/answer_sink.h"
#include "slardar/worker/worker_parts.h"

namespace hancock::slardar {

class HttpSink final : public AnswerSink {
 public:
  /// `head` is the buffer that the request's head is in.
  HttpSink(WorkerParts& worker, io::Stream& visitor, MessageBuffer& head)
      : worker_(worker), visitor_(visitor), head_(head) {}

  bool takes_chunks() const override { return modern(); }
  io::Async<bool> send_interim(const http::ResponseView& head) override;
  io::Async<bool> send_head(const http::ResponseView& head, const ResponseForward& how,
                            BodyPiece first) override;
  io::Async<bool> send_body(BodyPiece piece) override;
  io::Async<bool> send_own(const http::RequestView& asked, const OwnAnswer& answer, After after) override;
  void cut() override { visitor_.reset(); }
  io::Async<void> switch_protocols(Request& request, UpstreamTry& peer) override;

 private:
  bool modern() const { return head_.request.minor_version >= 1; }
  TimePoint send_deadline() const { return std::min(worker_.loop.now() + Timeouts::kSendIdle, over_at()); }

  WorkerParts& worker_;
  io::Stream& visitor_;
  MessageBuffer& head_;
  std::string rescue_;
};

}  // namespace hancock::slardar
