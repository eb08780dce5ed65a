// Any fields, as lines "name\tvalue": what is taken is a request that HTTP/1 would take too.
#include "http/head_parser.h"
#include "slardar/http/forward_head.h"
#include "slardar/http2/http2_head.h"

using namespace hancock;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static slardar::HeadScratch scratch;
  std::string_view input(reinterpret_cast<const char*>(data), size);
  slardar::Http2Head head;
  std::string trailers;
  while (!input.empty()) {
    const std::string_view line = input.substr(0, input.find('\n'));
    input.remove_prefix(std::min(line.size() + 1, input.size()));
    const size_t tab = std::min(line.find('\t'), line.size());
    const std::string_view name = line.substr(0, tab), value = line.substr(std::min(tab + 1, line.size()));
    head.add(name, value);
    (void)slardar::append_trailer(name, value, trailers);
  }
  if (head.finish(slardar::Http2Head::Body::kFollows)) return 0;
  slardar::RequestForward how;
  how.visitor_ip = "10.0.0.1";
  how.request_id = "0123456789abcdef";
  slardar::write_request(head.request(), how, scratch);
  http::HeadLimits limits;
  limits.head_bytes = slardar::HeadScratch::kBytes;
  limits.headers += 8;
  http::HeadParser parser(limits);
  http::RequestView seen;
  const http::HeadProgress progress = parser.parse(scratch.text(), seen);
  if (progress.status != http::HeadProgress::Status::kDone || progress.consumed != scratch.text().size())
    __builtin_trap();
  if (seen.method != head.request().method || seen.target != head.request().target) __builtin_trap();
  return 0;
}
