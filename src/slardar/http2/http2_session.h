// Http2SessionPtr: nghttp2's side of one HTTP/2 connection, set up as a server of ours: no windows updated by
// itself, bounded in what it keeps and acknowledges; its callbacks lead to the connection's methods.
//
// Worker's thread only; the connection outlives it.
#pragma once

#include <memory>

struct nghttp2_session;

namespace hancock::slardar {

class Http2Connection;

struct Http2SessionEnd {
  void operator()(nghttp2_session* session) const;
};
using Http2SessionPtr = std::unique_ptr<nghttp2_session, Http2SessionEnd>;

/// With our SETTINGS waiting to be sent.
Http2SessionPtr make_http2_session(Http2Connection& connection);

}  // namespace hancock::slardar
