#include "slardar/http2/http2_client_session.h"

#include <cstdlib>

#include "slardar/http2/http2_call.h"
#include "slardar/http2/http2_client.h"

namespace hancock::slardar {
namespace {

Http2Client& client_of(void* user) { return *static_cast<Http2Client*>(user); }

// nullptr once the call has been destroyed.
Http2Call* call_of(nghttp2_session* session, int32_t stream) {
  return static_cast<Http2Call*>(nghttp2_session_get_stream_user_data(session, stream));
}

std::string_view text_of(const uint8_t* data, size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

int broken_answer(nghttp2_session* session, int32_t stream) {
  nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, stream, NGHTTP2_PROTOCOL_ERROR);
  return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
}

int answer_head_begins(nghttp2_session* session, const nghttp2_frame* frame, void*) {
  if (Http2Call* const call = call_of(session, frame->hd.stream_id)) call->head_begins();
  return 0;
}

int answer_field(nghttp2_session* session, const nghttp2_frame* frame, const uint8_t* name, size_t name_size,
                 const uint8_t* value, size_t value_size, uint8_t, void*) {
  Http2Call* const call = call_of(session, frame->hd.stream_id);
  if (!call) return 0;
  const bool well = call->field_comes(text_of(name, name_size), text_of(value, value_size));
  return well ? 0 : broken_answer(session, frame->hd.stream_id);
}

// nghttp2 would leave it out and go on.
int answer_field_broken(nghttp2_session* session, const nghttp2_frame* frame, const uint8_t*, size_t,
                        const uint8_t*, size_t, uint8_t, void*) {
  return broken_answer(session, frame->hd.stream_id);
}

int answer_frame(nghttp2_session* session, const nghttp2_frame* frame, void* user) {
  Http2Client& client = client_of(user);
  Http2Call* const call = frame->hd.stream_id != 0 ? call_of(session, frame->hd.stream_id) : nullptr;
  const bool is_last = frame->hd.flags & NGHTTP2_FLAG_END_STREAM;
  switch (frame->hd.type) {
    case NGHTTP2_SETTINGS:
      if (!(frame->hd.flags & NGHTTP2_FLAG_ACK)) client.settings_come();
      break;
    case NGHTTP2_GOAWAY:
      client.goes_away();
      break;
    case NGHTTP2_HEADERS:
      client.answer_comes();
      if (call && !call->head_ends(is_last)) broken_answer(session, frame->hd.stream_id);
      break;
    case NGHTTP2_DATA:
      if (call && is_last) call->answer_ends();
      break;
    case NGHTTP2_RST_STREAM:
      if (call) call->set_reset_by_peer();
      break;
    default:
      break;
  }
  return 0;
}

int answer_data(nghttp2_session* session, uint8_t, int32_t stream, const uint8_t* data, size_t size,
                void* user) {
  client_of(user).data_comes(call_of(session, stream), stream, text_of(data, size));
  return 0;
}

int call_stream_closes(nghttp2_session* session, int32_t stream, uint32_t code, void* user) {
  Http2Call* const call = call_of(session, stream);
  if (!call) return 0;
  nghttp2_session_set_stream_user_data(session, stream, nullptr);
  client_of(user).stream_closes(*call, code);
  return 0;
}

// Not when all of it was: a write that breaks may end with a piece of a head.
int request_frame_begins(nghttp2_session* session, const nghttp2_frame* frame, void*) {
  if (frame->hd.type != NGHTTP2_HEADERS) return 0;
  if (Http2Call* const call = call_of(session, frame->hd.stream_id)) call->set_head_sent();
  return 0;
}

ssize_t request_data(nghttp2_session* session, int32_t stream, uint8_t*, size_t room, uint32_t* flags,
                     nghttp2_data_source*, void*) {
  Http2Call* const call = call_of(session, stream);
  if (!call) return NGHTTP2_ERR_DEFERRED;
  return call->next_data(room, *flags);
}

int send_request_data(nghttp2_session* session, nghttp2_frame* frame, const uint8_t* head, size_t size,
                      nghttp2_data_source*, void* user) {
  constexpr size_t kFrameHead = 9;
  Http2Call* const call = call_of(session, frame->hd.stream_id);
  const bool has_room = client_of(user).carry(*call, text_of(head, kFrameHead), size);
  return has_room ? 0 : NGHTTP2_ERR_PAUSE;
}

}  // namespace

nghttp2_data_provider http2_call_data() {
  nghttp2_data_provider provider{};
  provider.read_callback = request_data;
  return provider;
}

nghttp2_nv http2_nv(const http::FieldView& field) {
  const auto bytes = [](std::string_view text) {
    return reinterpret_cast<uint8_t*>(const_cast<char*>(text.data()));
  };
  return {bytes(field.name), bytes(field.value), field.name.size(), field.value.size(), NGHTTP2_NV_FLAG_NONE};
}

Http2SessionPtr make_http2_client_session(Http2Client& client) {
  nghttp2_session_callbacks* callbacks = nullptr;
  nghttp2_option* options = nullptr;
  if (nghttp2_session_callbacks_new(&callbacks) != 0 || nghttp2_option_new(&options) != 0) std::abort();
  nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, answer_head_begins);
  nghttp2_session_callbacks_set_on_header_callback(callbacks, answer_field);
  nghttp2_session_callbacks_set_on_invalid_header_callback(callbacks, answer_field_broken);
  nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, answer_frame);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, answer_data);
  nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, call_stream_closes);
  nghttp2_session_callbacks_set_before_frame_send_callback(callbacks, request_frame_begins);
  nghttp2_session_callbacks_set_send_data_callback(callbacks, send_request_data);
  nghttp2_option_set_no_auto_window_update(options, 1);
  nghttp2_option_set_no_closed_streams(options, 1);
  nghttp2_option_set_max_settings(options, 32);
  nghttp2_option_set_max_outbound_ack(options, 200);
  nghttp2_option_set_max_continuations(options, 16);
  nghttp2_session* session = nullptr;
  if (nghttp2_session_client_new2(&session, callbacks, &client, options) != 0) std::abort();
  nghttp2_session_callbacks_del(callbacks);
  nghttp2_option_del(options);
  const nghttp2_settings_entry settings[] = {
      {NGHTTP2_SETTINGS_ENABLE_PUSH, 0},
      {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, Http2ClientLimits::kStreamWindow},
      {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, http::HeadLimits().head_bytes},
  };
  nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, settings, std::size(settings));
  nghttp2_session_set_local_window_size(session, NGHTTP2_FLAG_NONE, 0, Http2ClientLimits::kConnectionWindow);
  return Http2SessionPtr(session);
}

}  // namespace hancock::slardar
