// ClientCall: one request and its answer, on a pooled or a fresh connection.
//
// Borrows the client's pool; gives the connection back to it when it ends and both messages are complete.
// Loop's thread only.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "http/body_sender.h"
#include "http/client.h"
#include "http/connection_pool.h"
#include "http/framed_body.h"
#include "http/head_parser.h"

namespace hancock::http {

class ClientCall final : public Call {
 public:
  ClientCall(io::Loop& loop, ConnectionPool& pool, const ClientOptions& options, io::Address peer);
  ~ClientCall() override;

  /// Connects and sends the head, together with `body` in one send. A body that is given here is whole.
  io::Async<Result<void>> begin(RequestHead request, Framing framing, std::string body, TimePoint deadline);

  io::Async<Result<void>> write(std::string_view bytes, TimePoint deadline) override;
  io::Async<Result<void>> finish(TimePoint deadline) override;
  io::Async<Result<const ResponseHead*>> response(TimePoint deadline) override;
  BodyReader& body() override { return body_; }
  void abort() override;

 private:
  // A connection and what has come from it.
  struct Connection {
    explicit Connection(std::unique_ptr<io::Stream> connected)
        : stream(std::move(connected)), buffer(*stream) {}
    std::unique_ptr<io::Stream> stream;
    ReadBuffer buffer;
  };
  class Body final : public BodyReader {
   public:
    explicit Body(ClientCall& call) : call_(call) {}
    io::Async<Result<std::string_view>> read(TimePoint deadline) override {
      return call_.read_body(deadline);
    }

   private:
    ClientCall& call_;
  };
  enum class Source { kPoolOrFresh, kFresh };

  io::Async<Result<void>> connect(Source source, TimePoint deadline);
  io::Async<Result<void>> send_begin(TimePoint deadline);
  io::Async<Result<void>> replay(TimePoint deadline);
  io::Async<Result<bool>> receive_head(TimePoint deadline);
  io::Async<Result<std::string_view>> read_body(TimePoint deadline);
  bool may_replay(const Error& error) const;
  void accept_head();
  Result<void> check_open() const;

  io::Loop& loop_;
  ConnectionPool& pool_;
  const ClientOptions& options_;
  io::Address peer_;

  std::string method_;
  std::string head_;        // kept for a replay
  std::string whole_body_;  // kept for a replay
  Framing framing_;         // of the request
  bool streamed_ = false;   // some of the body went through write(): no replay
  bool finishing_ = false;  // finish() is sending: the connection must stay
  bool finished_ = false;   // the request is complete

  std::unique_ptr<Connection> connection_;
  std::optional<BodySender> sender_;
  bool reused_ = false;     // the connection comes from the pool
  bool wrote_any_ = false;  // bytes of the request are with the kernel
  bool aborted_ = false;

  HeadParser parser_;
  ResponseView view_;
  std::optional<ResponseHead> response_;
  std::optional<FramedBody> framed_;
  Body body_;
  bool keeps_ = false;  // the answer lets the connection be used again
  Duration keep_for_;
};

}  // namespace hancock::http
