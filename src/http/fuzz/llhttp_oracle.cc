#include "http/fuzz/llhttp_oracle.h"

#include <llhttp.h>

#include "http/characters.h"

namespace hancock::http {
namespace {

struct Listener {
  Reading reading;
  std::string name;
  std::string value;
  bool in_value = false;
};

Listener& of(llhttp_t* parser) { return *static_cast<Listener*>(parser->data); }

int on_name(llhttp_t* parser, const char* bytes, size_t size) {
  if (!of(parser).reading.head_done) of(parser).name.append(bytes, size);
  return 0;
}

int on_value(llhttp_t* parser, const char* bytes, size_t size) {
  if (!of(parser).reading.head_done) of(parser).value.append(bytes, size);
  return 0;
}

int on_value_complete(llhttp_t* parser) {
  Listener& listener = of(parser);
  if (listener.reading.head_done) return 0;  // a trailer
  listener.reading.fields.push_back(listener.name + ": " + std::string(trim_blanks(listener.value)));
  listener.name.clear();
  listener.value.clear();
  return 0;
}

// 1: no body follows, which llhttp leaves to its user.
int on_headers_complete(llhttp_t* parser) {
  Reading& reading = of(parser).reading;
  reading.head_done = true;
  if (parser->type == HTTP_REQUEST) {
    reading.start = llhttp_method_name(static_cast<llhttp_method_t>(parser->method));
    return 0;
  }
  const int status = parser->status_code;
  reading.start = std::to_string(status);
  const bool bodiless = status < 200 || status == 204 || status == 304;
  reading.until_close = !bodiless && llhttp_message_needs_eof(parser);
  return bodiless ? 1 : 0;
}

int on_body(llhttp_t* parser, const char* bytes, size_t size) {
  of(parser).reading.body.append(bytes, size);
  return 0;
}

int on_message_complete(llhttp_t* parser) {
  of(parser).reading.outcome = Reading::Outcome::kComplete;
  return HPE_PAUSED;
}

llhttp_settings_t make_settings() {
  llhttp_settings_t settings;
  llhttp_settings_init(&settings);
  settings.on_header_field = on_name;
  settings.on_header_value = on_value;
  settings.on_header_value_complete = on_value_complete;
  settings.on_headers_complete = on_headers_complete;
  settings.on_body = on_body;
  settings.on_message_complete = on_message_complete;
  return settings;
}

}  // namespace

Reading read_message_with_llhttp(std::string_view input) {
  static const llhttp_settings_t kSettings = make_settings();
  Listener listener;
  llhttp_t parser;
  llhttp_init(&parser, is_response(input) ? HTTP_RESPONSE : HTTP_REQUEST, &kSettings);
  parser.data = &listener;
  const llhttp_errno_t error = llhttp_execute(&parser, input.data(), input.size());
  Reading& reading = listener.reading;
  if (reading.outcome == Reading::Outcome::kComplete) {
    reading.consumed = static_cast<size_t>(llhttp_get_error_pos(&parser) - input.data());
  } else if (error != HPE_OK && error != HPE_PAUSED_UPGRADE) {
    reading.outcome = Reading::Outcome::kBad;
    reading.reason = llhttp_errno_name(error);
    if (parser.error_pos) reading.bad_at = static_cast<size_t>(parser.error_pos - input.data());
  }
  return reading;
}

}  // namespace hancock::http
