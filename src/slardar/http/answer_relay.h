// AnswerRelay: passes a peer's answer on to the visitor's sink: head, body as it comes, back-pressure by
// reading no more than was sent. Or has both joined after a 101. Worker's thread only.
#pragma once

#include "io/turn.h"
#include "slardar/http/exchange.h"
#include "slardar/http/response_body.h"

namespace hancock::slardar {

class AnswerRelay {
 public:
  AnswerRelay(Request& request, UpstreamTry& upstream)
      : request_(request), try_(upstream), turn_(request.worker.loop) {}

  io::Async<After> run();

  /// Nothing was sent, since the answer turned out to be broken: request.failure says why.
  bool refused() const { return refused_; }

 private:
  static constexpr size_t kPartsMax = 16;

  ResponseForward how_forwarded() const;
  BodyPiece piece(size_t used);
  io::Async<bool> relay_body();
  After finish();
  bool cut(Failure failure, std::string_view why);

  Request& request_;
  UpstreamTry& try_;
  http::Framing framing_;
  ResponseBody body_;
  std::array<iovec, kPartsMax> parts_{};
  bool keep_visitor_ = false;
  bool keep_peer_ = false;
  Duration peer_idle_ = Timeouts::kPeerKeepAlive;
  bool refused_ = false;
  io::Turn turn_;
};

}  // namespace hancock::slardar
