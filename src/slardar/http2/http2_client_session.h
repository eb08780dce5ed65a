// The nghttp2 side of one HTTP/2 connection to a peer, set up as a client of ours: no windows updated by
// itself, no push; its callbacks lead to the connection's methods.
//
// Worker's thread only; the connection outlives it.
#pragma once

#include <nghttp2/nghttp2.h>

#include "http/message_view.h"
#include "slardar/http2/http2_session.h"

namespace hancock::slardar {

class Http2Client;

/// With the preface and our SETTINGS waiting to be sent.
Http2SessionPtr make_http2_client_session(Http2Client& client);

/// The body of the call that is its stream's user data.
nghttp2_data_provider http2_call_data();

nghttp2_nv http2_nv(const http::FieldView& field);

}  // namespace hancock::slardar
