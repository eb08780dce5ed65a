#include "slardar/http2/http2_session.h"

#include <nghttp2/nghttp2.h>

#include <cstdlib>

#include "slardar/http2/http2_connection.h"

namespace hancock::slardar {
namespace {

Http2Connection& connection_of(void* user) { return *static_cast<Http2Connection*>(user); }

Http2Stream* stream_of(nghttp2_session* session, int32_t id) {
  return static_cast<Http2Stream*>(nghttp2_session_get_stream_user_data(session, id));
}

std::string_view view_of(const uint8_t* data, size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

int on_begin_frame(nghttp2_session*, const nghttp2_frame_hd* frame, void* user) {
  const bool is_welcome = connection_of(user).frame_begins(*frame);
  return is_welcome ? 0 : NGHTTP2_ERR_CALLBACK_FAILURE;
}

int on_begin_headers(nghttp2_session* session, const nghttp2_frame* frame, void* user) {
  if (frame->headers.cat != NGHTTP2_HCAT_REQUEST) return 0;
  Http2Stream& stream = connection_of(user).stream_begins(frame->hd.stream_id);
  nghttp2_session_set_stream_user_data(session, frame->hd.stream_id, &stream);
  return 0;
}

int malformed(nghttp2_session* session, const nghttp2_frame* frame) {
  nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, frame->hd.stream_id, NGHTTP2_PROTOCOL_ERROR);
  return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
}

int on_header(nghttp2_session* session, const nghttp2_frame* frame, const uint8_t* name, size_t name_size,
              const uint8_t* value, size_t value_size, uint8_t, void* user) {
  Http2Stream* const stream = stream_of(session, frame->hd.stream_id);
  if (!stream) return 0;
  const std::string_view field_name = view_of(name, name_size);
  const std::string_view field_value = view_of(value, value_size);
  if (frame->headers.cat == NGHTTP2_HCAT_REQUEST) {
    const bool goes_on = connection_of(user).field_comes(*stream, field_name, field_value);
    if (!goes_on) return NGHTTP2_ERR_CALLBACK_FAILURE;
  } else if (stream->body().receive_trailer(field_name, field_value)) {
    return malformed(session, frame);
  }
  return 0;
}

// nghttp2 would leave it out and go on.
int on_invalid_header(nghttp2_session* session, const nghttp2_frame* frame, const uint8_t*, size_t,
                      const uint8_t*, size_t, uint8_t, void*) {
  return malformed(session, frame);
}

int on_frame_recv(nghttp2_session* session, const nghttp2_frame* frame, void* user) {
  if (frame->hd.type != NGHTTP2_DATA && frame->hd.type != NGHTTP2_HEADERS) return 0;
  Http2Stream* const stream = stream_of(session, frame->hd.stream_id);
  if (!stream) return 0;
  const bool is_last = frame->hd.flags & NGHTTP2_FLAG_END_STREAM;
  if (is_last) stream->body().end();
  const bool is_head = frame->hd.type == NGHTTP2_HEADERS && frame->headers.cat == NGHTTP2_HCAT_REQUEST;
  if (is_head)
    connection_of(user).head_ends(*stream, is_last ? Http2Head::Body::kNone : Http2Head::Body::kFollows);
  return 0;
}

int on_data(nghttp2_session* session, uint8_t, int32_t id, const uint8_t* data, size_t size, void* user) {
  if (Http2Stream* const stream = stream_of(session, id)) {
    stream->body().receive(view_of(data, size));
  } else {
    connection_of(user).passed_on(id, size);
  }
  return 0;
}

int on_stream_close(nghttp2_session* session, int32_t id, uint32_t, void* user) {
  Http2Stream* const stream = stream_of(session, id);
  if (!stream) return 0;
  nghttp2_session_set_stream_user_data(session, id, nullptr);
  connection_of(user).stream_closes(*stream);
  return 0;
}

int on_frame_send(nghttp2_session* session, const nghttp2_frame* frame, void* user) {
  if (frame->hd.type != NGHTTP2_DATA && frame->hd.type != NGHTTP2_HEADERS) return 0;
  if (frame->hd.type == NGHTTP2_DATA) connection_of(user).data_sent();
  Http2Stream* const stream = stream_of(session, frame->hd.stream_id);
  if (stream && (frame->hd.flags & NGHTTP2_FLAG_END_STREAM)) stream->ended_sending();
  return 0;
}

int send_data(nghttp2_session*, nghttp2_frame*, const uint8_t* head, size_t size, nghttp2_data_source* source,
              void* user) {
  constexpr size_t kFrameHead = 9;
  const bool has_room =
      connection_of(user).carry(*static_cast<Http2Stream*>(source->ptr), view_of(head, kFrameHead), size);
  return has_room ? 0 : NGHTTP2_ERR_PAUSE;
}

template <class Kind, auto make, auto end>
std::unique_ptr<Kind, decltype(end)> made() {
  Kind* raw = nullptr;
  if (make(&raw) != 0) std::abort();  // no memory
  return {raw, end};
}

// A stream past the limit, of a visitor who does not acknowledge it: each costs an answer.
int on_invalid_frame(nghttp2_session*, const nghttp2_frame*, int error, void* user) {
  if (error == NGHTTP2_ERR_REFUSED_STREAM) connection_of(user).stream_refused();
  return 0;
}

void set_callbacks(nghttp2_session_callbacks* callbacks) {
  nghttp2_session_callbacks_set_on_begin_frame_callback(callbacks, on_begin_frame);
  nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, on_begin_headers);
  nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
  nghttp2_session_callbacks_set_on_invalid_header_callback(callbacks, on_invalid_header);
  nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(callbacks, on_invalid_frame);
  nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame_recv);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
  nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_stream_close);
  nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, on_frame_send);
  nghttp2_session_callbacks_set_send_data_callback(callbacks, send_data);
}

void set_options(nghttp2_option* options) {
  nghttp2_option_set_no_auto_window_update(options, 1);
  nghttp2_option_set_no_closed_streams(options, 1);
  nghttp2_option_set_max_settings(options, 32);
  nghttp2_option_set_max_outbound_ack(options, 200);
  nghttp2_option_set_max_continuations(options, 2 * Http2Limits::kContinuationsMax);  // ours is counted first
}

}  // namespace

void Http2SessionEnd::operator()(nghttp2_session* session) const { nghttp2_session_del(session); }

Http2SessionPtr make_http2_session(Http2Connection& connection) {
  const auto callbacks =
      made<nghttp2_session_callbacks, nghttp2_session_callbacks_new, nghttp2_session_callbacks_del>();
  const auto options = made<nghttp2_option, nghttp2_option_new, nghttp2_option_del>();
  set_callbacks(callbacks.get());
  set_options(options.get());
  nghttp2_session* session = nullptr;
  if (nghttp2_session_server_new2(&session, callbacks.get(), &connection, options.get()) != 0) std::abort();
  Http2SessionPtr owned(session);
  const nghttp2_settings_entry settings[] = {
      {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, Http2Limits::kStreamsMax},
      {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, Http2Limits::kStreamWindow},
      {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, http::HeadLimits().head_bytes},
      {NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES, 1},
  };
  nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, settings, std::size(settings));
  nghttp2_session_set_local_window_size(session, NGHTTP2_FLAG_NONE, 0, Http2Limits::kConnectionWindow);
  return owned;
}

}  // namespace hancock::slardar
