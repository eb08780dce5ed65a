#include "http/fuzz/reading.h"

#include "http/chunked_decoder.h"
#include "http/framing.h"
#include "http/head_parser.h"

namespace hancock::http {
namespace {

using Outcome = Reading::Outcome;

void read_chunked(std::string_view input, Reading& reading) {
  ChunkedDecoder decoder;
  while (true) {
    const ChunkedStep step = decoder.next(input.substr(reading.consumed));
    reading.consumed += step.consumed;
    reading.body.append(step.data);
    switch (step.status) {
      case ChunkedStep::Status::kData:
        continue;
      case ChunkedStep::Status::kNeedMore:
        reading.in_trailers = decoder.in_trailers();
        return;
      case ChunkedStep::Status::kBad:
        reading.outcome = Outcome::kBad;
        reading.reason = step.error.reason;
        return;
      case ChunkedStep::Status::kDone:
        reading.outcome = Outcome::kComplete;
        return;
    }
  }
}

void read_body(std::string_view input, Framing framing, Reading& reading) {
  const std::string_view rest = input.substr(reading.consumed);
  switch (framing.kind) {
    case Framing::Kind::kChunked:
      read_chunked(input, reading);
      break;
    case Framing::Kind::kUntilClose:
      reading.until_close = true;
      reading.body = rest;
      break;
    case Framing::Kind::kNone:
    case Framing::Kind::kLength:
      reading.body = rest.substr(0, framing.length);
      reading.consumed += reading.body.size();
      if (reading.body.size() == framing.length) reading.outcome = Outcome::kComplete;
      break;
  }
}

// The head, and where it ends; false when there is nothing more to read.
template <class View>
bool read_head(std::string_view input, View& view, Reading& reading) {
  HeadParser parser;
  const HeadProgress progress = parser.parse(input, view);
  if (progress.status == HeadProgress::Status::kBad) {
    reading.outcome = Outcome::kBad;
    reading.reason = progress.error.reason;
  }
  if (progress.status != HeadProgress::Status::kDone) return false;
  reading.head_done = true;
  reading.consumed = progress.consumed;
  for (const FieldView& field : view.fields) {
    reading.fields.push_back(std::string(field.name) + ": " + std::string(field.value));
  }
  return true;
}

}  // namespace

bool is_response(std::string_view input) { return input.starts_with("HTTP/"); }

Reading read_message(std::string_view input) {
  Reading reading;
  if (is_response(input)) {
    ResponseView view;
    if (!read_head(input, view, reading)) return reading;
    reading.start = std::to_string(view.status);
    read_body(input, response_framing(view, "GET"), reading);
  } else {
    RequestView view;
    if (!read_head(input, view, reading)) return reading;
    reading.start = view.method;
    read_body(input, request_framing(view), reading);
  }
  return reading;
}

}  // namespace hancock::http
