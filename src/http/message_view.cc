#include "http/message_view.h"

namespace hancock::http {
namespace {

Headers copy_fields(const MessageView& view) {
  Headers headers;
  for (const FieldView& field : view.fields) headers.add(field.name, field.value);
  return headers;
}

}  // namespace

std::optional<std::string_view> MessageView::get(std::string_view name) const {
  for (const FieldView& field : fields) {
    if (same_name(field.name, name)) return field.value;
  }
  return std::nullopt;
}

void MessageView::clear() {
  minor_version = 1;
  fields.clear();
  content_length.reset();
  chunked = close = keep_alive = upgrade = false;
}

void RequestView::clear() {
  MessageView::clear();
  method = target = host = {};
  expects_continue = false;
}

RequestHead RequestView::to_head() const {
  RequestHead head(std::string(method), std::string(target), copy_fields(*this));
  head.minor_version = minor_version;
  return head;
}

void ResponseView::clear() {
  MessageView::clear();
  status = 0;
  reason = {};
}

ResponseHead ResponseView::to_head() const {
  ResponseHead head(status, copy_fields(*this));
  head.reason = reason;
  return head;
}

}  // namespace hancock::http
