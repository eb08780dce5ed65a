// http2_request_fields: a request's head as it goes to an HTTP/2 peer: the same fields that an HTTP/1 peer
// gets, as a list. Pure but for the scratch.
#pragma once

#include <vector>

#include "slardar/http/forward_head.h"

namespace hancock::slardar {

/// Valid as long as the scratch and `head` are. Names stand as they came: nghttp2 writes them in lower case.
std::vector<http::FieldView> http2_request_fields(const http::RequestView& head, const RequestForward& how,
                                                  std::string_view scheme, HeadScratch& scratch);

/// The request wants trailers of its answer (`TE: trailers`): what a gRPC server has to be told.
bool wants_trailers(const http::RequestView& head);

}  // namespace hancock::slardar
