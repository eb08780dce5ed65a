#include "slardar/tls/peer_tls.h"

namespace hancock::slardar {

uint64_t PeerTls::identity() const {
  const std::hash<std::string> hash;
  return hash(server_name_) * 31 + hash(options_.ca) * 7 + (options_.verify ? 1 : 2) +
         hash(options_.protocols.front());
}

const Result<std::shared_ptr<const io::TlsClient>>& PeerTls::client() const {
  std::call_once(once_, [this] { client_ = io::TlsClient::make(options_); });
  return client_;
}

io::Async<Result<std::unique_ptr<io::Stream>>> encrypt(const PeerTls& tls,
                                                       std::unique_ptr<io::SocketStream> connected,
                                                       TimePoint deadline) {
  const auto& client = tls.client();
  if (!client) co_return tl::unexpected(client.error());
  auto stream = std::make_unique<io::TlsStream>(**client, std::move(connected), tls.server_name());
  auto done = co_await stream->handshake(deadline);
  if (!done) co_return forward_error(done, tls.server_name());
  const std::string& wanted = tls.options().protocols.front();
  if (wanted == "h2" && stream->protocol() != wanted)
    co_return fail(ErrorCode::kInvalid, "{}: does not speak HTTP/2 (ALPN)", tls.server_name());
  std::unique_ptr<io::Stream> ready = std::move(stream);
  co_return ready;
}

}  // namespace hancock::slardar
