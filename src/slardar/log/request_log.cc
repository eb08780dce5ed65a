#include "slardar/log/request_log.h"

namespace hancock::slardar {
namespace {

std::string_view protocol_of(const Request& request) {
  if (!request.protocol.empty()) return request.protocol;
  return request.head().minor_version == 0 ? "HTTP/1.0" : "HTTP/1.1";
}

/// What the visitor says of himself.
void add_fields(const http::RequestView& head, AccessEntry& entry) {
  for (const auto& [name, value] : head.fields) {
    if (name.size() == 10 && http::same_name(name, "user-agent")) entry.user_agent = value;
    if (name.size() == 7 && http::same_name(name, "referer")) entry.referer = value;
    if (name.size() == 12 && !value.empty() && http::same_name(name, "x-request-id")) entry.id = value;
  }
}

}  // namespace

void log_request(const Request& request, const Labels& labels, std::string_view peer) {
  const http::RequestView& head = request.head();
  AccessEntry entry;
  entry.time = system_clock().wall();
  entry.id = {request.id.data(), request.id.size()};
  entry.visitor_ip = request.visitor_ip;
  entry.method = head.method;
  entry.host = head.host;
  entry.target = head.target;
  entry.protocol = protocol_of(request);
  entry.status = request.status;
  entry.bytes_in = request.bytes_in;
  entry.bytes_out = request.sink.sent_bytes();
  entry.took = request.worker.loop.now() - request.began;
  entry.tenant = labels.tenant;
  entry.app = labels.app;
  entry.service = labels.service;
  entry.version = labels.version;
  entry.peer = peer;
  entry.tries = request.tries;
  entry.error = to_string(request.failure);
  if (!request.traceparent.empty()) entry.trace = trace_id_of(request.traceparent);
  add_fields(head, entry);
  request.worker.access_log->add(entry);
}

}  // namespace hancock::slardar
