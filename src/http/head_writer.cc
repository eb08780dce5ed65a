#include "http/head_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "http/characters.h"

namespace hancock::http {
namespace {

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_token_char);
}
bool is_value(std::string_view text) { return std::all_of(text.begin(), text.end(), is_value_char); }
bool is_target(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_target_char);
}

bool is_decided_here(std::string_view name) {
  return same_name(name, "Content-Length") || same_name(name, "Transfer-Encoding") ||
         same_name(name, "Connection");
}

void add_field(std::string_view name, std::string_view value, std::string& out) {
  out.append(name).append(": ").append(value).append("\r\n");
}

Result<void> add_fields(const Headers& headers, const WriteOptions& options, std::string& out) {
  for (const Header& field : headers) {
    if (!is_token(field.name)) return fail(ErrorCode::kInvalid, "header name \"{}\" is no token", field.name);
    if (!is_value(field.value)) {
      return fail(ErrorCode::kInvalid, "header {} holds a control byte", field.name);
    }
    if (!is_decided_here(field.name)) add_field(field.name, field.value, out);
  }
  switch (options.framing.kind) {
    case Framing::Kind::kLength:
      add_field("Content-Length", fmt::format_int(options.framing.length).str(), out);
      break;
    case Framing::Kind::kChunked:
      add_field("Transfer-Encoding", "chunked", out);
      break;
    case Framing::Kind::kNone:
      if (options.write_length) add_field("Content-Length", "0", out);
      break;
    case Framing::Kind::kUntilClose:
      break;
  }
  if (options.persistence == Persistence::kClose) add_field("Connection", "close", out);
  if (options.persistence == Persistence::kKeepAlive) add_field("Connection", "keep-alive", out);
  if (options.persistence == Persistence::kUpgrade) add_field("Connection", "upgrade", out);
  out.append("\r\n");
  return {};
}

Result<void> add_fields_or_undo(const Headers& headers, const WriteOptions& options, size_t before,
                                std::string& out) {
  auto added = add_fields(headers, options, out);
  if (!added) out.resize(before);
  return added;
}

}  // namespace

Result<void> write_request_head(const RequestHead& head, const WriteOptions& options, std::string& out) {
  if (!is_token(head.method)) return fail(ErrorCode::kInvalid, "method \"{}\" is no token", head.method);
  if (!is_target(head.target)) return fail(ErrorCode::kInvalid, "target \"{}\" is not valid", head.target);
  const size_t before = out.size();
  fmt::format_to(std::back_inserter(out), "{} {} HTTP/1.1\r\n", head.method, head.target);
  return add_fields_or_undo(head.headers, options, before, out);
}

Result<void> write_response_head(const ResponseHead& head, const WriteOptions& options, std::string& out) {
  if (head.status < 100 || head.status > 999) return fail(ErrorCode::kInvalid, "status {}", head.status);
  if (!is_value(head.reason)) return fail(ErrorCode::kInvalid, "reason phrase holds a control byte");
  const size_t before = out.size();
  const std::string_view reason = head.reason.empty() ? reason_phrase(head.status) : head.reason;
  fmt::format_to(std::back_inserter(out), "HTTP/1.1 {} {}\r\n", head.status, reason);
  return add_fields_or_undo(head.headers, options, before, out);
}

void write_chunk_head(size_t size_bytes, std::string& out) {
  fmt::format_to(std::back_inserter(out), "{:x}\r\n", size_bytes);
}

}  // namespace hancock::http
