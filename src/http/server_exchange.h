// ServerExchange: one request on a connection and the state of its answer.
//
// Lives in the connection's coroutine, for one call of the handler. Loop's thread only.
#pragma once

#include <optional>
#include <string>

#include "http/body_sender.h"
#include "http/framed_body.h"
#include "http/hang_up_watch.h"
#include "http/message_view.h"
#include "http/server.h"

namespace hancock::http {

class ServerExchange final : public Exchange {
 public:
  struct Setup {
    io::Stream& stream;
    ReadBuffer& buffer;
    const ServerLimits& limits;
    io::Address peer;
    bool closing;  // the server ends: announce it
  };
  ServerExchange(const Setup& setup, const RequestView& head);

  const RequestHead& request() const override { return request_; }
  BodyReader& body() override { return body_; }
  io::Address peer() const override { return peer_; }
  io::Loop& loop() override { return stream_.loop(); }
  std::stop_token stopping() const override { return watch_.token(); }
  io::Async<Result<void>> respond(Response response) override;
  /// With 101, what follows is the other protocol's: body() reads and write() sends bytes as they are, until
  /// one side ends the connection. What the head says of Upgrade is the handler's.
  io::Async<Result<void>> start(ResponseHead head) override;
  io::Async<Result<void>> write(std::string_view bytes) override;
  io::Async<Result<void>> finish() override;

  /// After the handler: answers when it did not, then reads what is left of the request's body.
  /// True: the connection can take the next request.
  io::Async<bool> complete();

  bool body_ended() const { return framed_->ended(); }

  /// The server ends.
  void begin_close();

 private:
  class Body final : public BodyReader {
   public:
    explicit Body(ServerExchange& exchange) : exchange_(exchange) {}
    io::Async<Result<std::string_view>> read(TimePoint deadline) override {
      return exchange_.read_body(deadline);
    }

   private:
    ServerExchange& exchange_;
  };
  enum class State { kFresh, kStreaming, kDone, kBroken };

  io::Async<Result<std::string_view>> read_body(TimePoint deadline);
  io::Async<Result<void>> switch_protocols(ResponseHead head);
  io::Async<Result<void>> send_head(ResponseHead head, Framing framing, std::string_view first_bytes);
  io::Async<bool> drain();
  bool can_persist() const;
  bool is_bodiless(int status) const;
  Response default_answer() const;

  io::Stream& stream_;
  const ServerLimits& limits_;
  io::Address peer_;
  RequestHead request_;
  ReadBuffer& buffer_;
  std::optional<FramedBody> framed_;
  Body body_;
  HangUpWatch watch_;
  BodySender sender_;
  std::string head_;
  State state_ = State::kFresh;
  bool persistent_;
  bool awaits_continue_;
  std::optional<ErrorCode> body_error_;
};

}  // namespace hancock::http
