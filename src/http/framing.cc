#include "http/framing.h"

namespace hancock::http {
namespace {

Framing of_length(uint64_t length) {
  if (length == 0) return {};
  return {Framing::Kind::kLength, length};
}

}  // namespace

Framing request_framing(const RequestView& head) {
  if (head.chunked) return {Framing::Kind::kChunked, 0};
  return of_length(head.content_length.value_or(0));
}

Framing response_framing(const ResponseView& head, std::string_view method) {
  if (method == "HEAD" || head.status < 200 || head.status == 204 || head.status == 304) return {};
  if (head.chunked) return {Framing::Kind::kChunked, 0};
  if (head.content_length) return of_length(*head.content_length);
  return {Framing::Kind::kUntilClose, 0};
}

bool response_keeps_connection(const ResponseView& head, const Framing& framing) {
  return head.persistent() && framing.kind != Framing::Kind::kUntilClose && head.status != 101;
}

}  // namespace hancock::http
