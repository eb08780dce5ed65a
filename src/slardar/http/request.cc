#include "slardar/http/request.h"

namespace hancock::slardar {

void Request::make_id(uint64_t bits) {
  for (char& c : id) {
    c = "0123456789abcdef"[bits & 15];
    bits >>= 4;
  }
}

void Request::find_trace() {
  if (const auto came_with = traceparent_of(head())) {
    traceparent = *came_with;
  } else if (worker.trace_start != TraceStart::kPass) {
    own_trace = make_traceparent(worker.traffic.random(), worker.trace_start == TraceStart::kSampled);
    traceparent = {own_trace.data(), own_trace.size()};
  }
}

void Request::edit(ResponseForward& how) const {
  const HeaderEdits& edits = script ? script->response : route.route->response_edits;
  if (!edits.empty()) how.edits = &edits;
  how.set_cookie = set_cookie;
}

bool Request::is_body_too_large() const {
  const uint64_t most = route.route->body_max;
  return most > 0 && std::max(head().content_length.value_or(0), body.data_bytes()) > most;
}

bool Request::idempotent() const {
  // RFC 9110 section 9.2.2.
  for (const std::string_view method : {"GET", "HEAD", "PUT", "DELETE", "OPTIONS"}) {
    if (head().method == method) return true;
  }
  return false;
}

std::string_view Request::path() const {
  const std::string_view target = head().target;
  if (target == "*") return "/";
  return target.substr(0, target.find('?'));
}

}  // namespace hancock::slardar
