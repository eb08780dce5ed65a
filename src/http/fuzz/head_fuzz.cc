// Heads: never a crash, views inside the input, the same result whole and byte by byte, and what was accepted
// is accepted again, as the same, after our writer wrote it.
#include <cstdlib>
#include <string>

#include "http/head_parser.h"
#include "http/head_writer.h"

namespace hancock::http {
namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void require_inside(std::string_view part, std::string_view input) {
  if (part.empty()) return;
  require(part.data() >= input.data() && part.data() + part.size() <= input.data() + input.size());
}

template <class View>
HeadProgress parse_by_bytes(std::string_view input, View& view) {
  HeadParser parser;
  HeadProgress progress;
  for (size_t size = 0; size <= input.size(); ++size) {
    progress = parser.parse(input.substr(0, size), view);
    if (progress.status != HeadProgress::Status::kNeedMore) break;
  }
  return progress;
}

template <class View>
bool check(std::string_view input, View& view) {
  HeadParser parser;
  const HeadProgress progress = parser.parse(input, view);
  View slow;
  const HeadProgress again = parse_by_bytes(input, slow);
  require(progress.status == again.status && progress.consumed == again.consumed);
  require(progress.error.offset <= input.size());
  if (progress.status != HeadProgress::Status::kDone) return false;
  require(progress.consumed <= input.size() && view.fields.size() == slow.fields.size());
  for (const FieldView& field : view.fields) {
    require_inside(field.name, input);
    require_inside(field.value, input);
  }
  return true;
}

void check_same(const MessageView& a, const MessageView& b) {
  require(a.fields.size() == b.fields.size());
  for (size_t i = 0; i < a.fields.size(); ++i) {
    require(a.fields[i].name == b.fields[i].name && a.fields[i].value == b.fields[i].value);
  }
}

// Framing fields are the writer's own business: leave them away.
template <class Head>
void drop_decided(Head& head) {
  for (const char* name : {"Content-Length", "Transfer-Encoding", "Connection"}) head.headers.remove(name);
}

template <class View, class Write>
void check_round_trip(const View& view, Write write) {
  auto head = view.to_head();
  drop_decided(head);
  std::string first, second;
  require(write(head, WriteOptions(), first).has_value());
  View read, reread;
  HeadParser parser;
  // What the writer may have changed: 1.0 without Host became 1.1, an absolute target its path, at any size.
  if (parser.parse(first, read).status != HeadProgress::Status::kDone) return;
  auto copy = read.to_head();
  require(write(copy, WriteOptions(), second).has_value());
  parser.reset();
  require(parser.parse(second, reread).status == HeadProgress::Status::kDone);
  check_same(read, reread);
}

}  // namespace
}  // namespace hancock::http

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace hancock::http;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (size > 4096) return 0;  // byte by byte is quadratic
  RequestView request;
  if (check(input, request)) check_round_trip(request, write_request_head);
  ResponseView response;
  if (check(input, response)) check_round_trip(response, write_response_head);
  return 0;
}
