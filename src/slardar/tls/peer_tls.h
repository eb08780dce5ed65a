// PeerTls: how a peer is spoken to over TLS: who it has to be, and by whose word. Shared by the servers of
// all snapshots that say the same.
//
// Immutable but for client(), which reads the CAs when it is asked first: on the control thread, before a
// snapshot is published. Any thread.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "io/tls_stream.h"

namespace hancock::slardar {

class PeerTls {
 public:
  PeerTls(io::TlsClientOptions options, std::string server_name)
      : options_(std::move(options)), server_name_(std::move(server_name)) {}

  const io::TlsClientOptions& options() const { return options_; }
  const std::string& server_name() const { return server_name_; }
  uint64_t identity() const;
  /// kInvalid when the CAs cannot be read.
  const Result<std::shared_ptr<const io::TlsClient>>& client() const;

 private:
  const io::TlsClientOptions options_;
  const std::string server_name_;
  mutable std::once_flag once_;
  mutable Result<std::shared_ptr<const io::TlsClient>> client_;
};
using PeerTlsPtr = std::shared_ptr<const PeerTls>;

/// A fresh connection to a peer, made to speak TLS by `deadline`. Errors: kTimeout, else what is wrong.
io::Async<Result<std::unique_ptr<io::Stream>>> encrypt(const PeerTls& tls,
                                                       std::unique_ptr<io::SocketStream> connected,
                                                       TimePoint deadline);

}  // namespace hancock::slardar
