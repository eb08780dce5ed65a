#include "slardar/http/forward_head.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <cstring>

#include "http/characters.h"
#include "http/field_line.h"

namespace hancock::slardar {
namespace {

using http::same_name;

// Fields of one connection (RFC 9110 section 7.6.1), and the framing, which is written anew.
bool is_hop_by_hop(std::string_view name) {
  switch (name.size()) {
    case 2:
      return same_name(name, "te");
    case 7:
      return same_name(name, "upgrade");
    case 10:
      return same_name(name, "connection") || same_name(name, "keep-alive");
    case 14:
      return same_name(name, "content-length") || same_name(name, "http2-settings");
    case 16:
      return same_name(name, "proxy-connection");
    case 17:
      return same_name(name, "transfer-encoding");
    default:
      return false;
  }
}

// HTTP/2 behind an upgrade would pass by everything that a request is looked at for.
bool is_http(std::string_view protocol) {
  return same_name(protocol, "h2c") || same_name(protocol, "h2") || same_name(protocol.substr(0, 5), "http/");
}

constexpr std::string_view kForwardedFor = "X-Forwarded-For";
constexpr std::string_view kForwardedProto = "X-Forwarded-Proto";
constexpr std::string_view kForwardedHost = "X-Forwarded-Host";
constexpr std::string_view kRequestId = "X-Request-Id";

// By this name Via knows every slardar (RFC 9110 section 7.6.3); none stands behind so many others.
constexpr std::string_view kPseudonym = " slardar";
constexpr size_t kHopsMax = 10;

// Connection must not take these away: they are routed or decided by.
bool is_protected(std::string_view name) {
  for (const std::string_view kept : {std::string_view("Host"), kForwardedFor, kForwardedProto,
                                      kForwardedHost, kRequestId, std::string_view("Forwarded")}) {
    if (same_name(name, kept)) return true;
  }
  return false;
}

template <class Visit>
bool any_token(std::string_view list, Visit visit) {
  while (!list.empty()) {
    if (visit(http::next_list_element(list))) return true;
  }
  return false;
}

/// The fields that Connection names besides its own words. Most messages have none.
class NamedByConnection {
 public:
  explicit NamedByConnection(const http::MessageView& head) : head_(head) {
    any_ = find([](std::string_view token) {
      return !same_name(token, "close") && !same_name(token, "keep-alive") && !same_name(token, "upgrade");
    });
  }
  bool has(std::string_view name) const {
    if (!any_ || is_protected(name)) return false;
    return find([&](std::string_view token) { return same_name(token, name); });
  }

 private:
  template <class Visit>
  bool find(Visit visit) const {
    for (const http::FieldView& field : head_.fields) {
      if (field.name.size() == 10 && same_name(field.name, "connection") && any_token(field.value, visit))
        return true;
    }
    return false;
  }
  const http::MessageView& head_;
  bool any_ = false;
};

// TRACE, the other method whose hops are counted, is refused.
std::optional<uint64_t> max_forwards(const http::RequestView& head, const http::FieldView& field) {
  if (field.name.size() != 12 || head.method != "OPTIONS" || !same_name(field.name, "max-forwards"))
    return std::nullopt;
  return http::parse_content_length(field.value);
}

bool touched(const HeaderEdits* edits, std::string_view name) { return edits && edits->touches(name); }

void add_set(const HeaderEdits* edits, HeadScratch& out) {
  if (!edits) return;
  for (const auto& [name, value] : edits->set) out.add_field(name, value);
  for (const auto& [name, value] : edits->add) out.add_field(name, value);
}

void add_forwarded_for(const http::RequestView& head, const RequestForward& how, HeadScratch& out) {
  out.add(kForwardedFor);
  out.add(": ");
  for (const http::FieldView& field : head.fields) {
    if (field.name.size() != kForwardedFor.size() || !same_name(field.name, kForwardedFor)) continue;
    if (field.value.empty()) continue;
    out.add(field.value);
    out.add(", ");
  }
  out.add(how.visitor_ip);
  out.add("\r\n");
}

// It goes behind those that the request came with: the order of hops is that of the lines.
std::string_view via_of(const http::RequestView& head, const RequestForward& how) {
  if (how.came_by_http2) return "2 slardar";
  return head.minor_version == 0 ? "1.0 slardar" : "1.1 slardar";
}

void add_forwarding(const http::RequestView& head, const RequestForward& how, bool has_id, HeadScratch& out) {
  const auto add = [&](std::string_view name, std::string_view value) {
    if (!touched(how.edits, name)) out.add_field(name, value);
  };
  if (!touched(how.edits, kForwardedFor)) add_forwarded_for(head, how, out);
  add(kForwardedProto, how.proto);
  if (!head.host.empty()) add(kForwardedHost, head.host);
  if (!has_id) add(kRequestId, how.request_id);
  if (!how.new_trace.empty()) add("traceparent", how.new_trace);
  if (how.via) add("Via", via_of(head, how));
  add_set(how.edits, out);
}

bool is_trace(std::string_view name) {
  return (name.size() == 11 && same_name(name, "traceparent")) ||
         (name.size() == 10 && same_name(name, "tracestate"));
}

template <class Visit>
void visit_answer_fields(const http::ResponseView& head, const ResponseForward& how, const Visit& visit) {
  const NamedByConnection named(head);
  bool has_date = how.date.empty() || touched(how.edits, "Date");
  for (const http::FieldView& field : head.fields) {
    if (is_hop_by_hop(field.name) || named.has(field.name) || touched(how.edits, field.name)) continue;
    has_date |= field.name.size() == 4 && same_name(field.name, "date");
    visit(field.name, field.value);
  }
  if (!has_date) visit("Date", how.date);
  if (how.edits) {
    for (const auto& [name, value] : how.edits->set) visit(name, value);
    for (const auto& [name, value] : how.edits->add) visit(name, value);
  }
  if (!how.set_cookie.empty()) visit("Set-Cookie", how.set_cookie);
}

void add_framing(const http::MessageView& head, bool chunked, bool length, HeadScratch& out) {
  if (chunked) out.add("Transfer-Encoding: chunked\r\n");
  if (!length || !head.content_length) return;
  out.add("Content-Length: ");
  out.add_number(*head.content_length);
  out.add("\r\n");
}

}  // namespace

void HeadScratch::add(std::string_view text) {
  if (text.size() > kBytes - size_) std::abort();  // the parser's limits make this impossible
  std::memcpy(bytes_.get() + size_, text.data(), text.size());
  size_ += text.size();
}

void HeadScratch::add_field(std::string_view name, std::string_view value) {
  add(name);
  add(": ");
  add(value);
  add("\r\n");
}

void HeadScratch::add_number(uint64_t number) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  add({digits, static_cast<size_t>(end - digits)});
}

bool wants_upgrade(const http::RequestView& head) {
  if (!head.upgrade || head.minor_version == 0 || head.chunked || head.content_length.value_or(0) > 0)
    return false;
  const auto protocols = head.get("upgrade");
  return protocols && !any_token(*protocols, is_http);
}

bool is_wanted_upgrade(const http::RequestView& head, const http::ResponseView& answer) {
  const auto wanted = head.get("upgrade");
  const auto given = answer.get("upgrade");
  if (!wants_upgrade(head) || !given || given->empty()) return false;
  return !any_token(*given, [&](std::string_view protocol) {
    return !any_token(*wanted, [&](std::string_view each) { return same_name(each, protocol); });
  });
}

bool goes_round(const http::RequestView& head) {
  size_t hops = 0;
  for (const http::FieldView& field : head.fields) {
    if (field.name.size() != 3 || !same_name(field.name, "via")) continue;
    any_token(field.value, [&](std::string_view hop) {
      hops += hop.ends_with(kPseudonym) ? 1 : 0;
      return false;
    });
  }
  return hops >= kHopsMax;
}

bool ends_here(const http::RequestView& head) {
  if (head.method != "OPTIONS") return false;
  return std::any_of(head.fields.begin(), head.fields.end(),
                     [&](const http::FieldView& field) { return max_forwards(head, field) == 0U; });
}

void write_request(const http::RequestView& head, const RequestForward& how, HeadScratch& out) {
  out.clear();
  out.add(head.method);
  out.add(" ");
  out.add(head.target);
  out.add(" HTTP/1.1\r\n");
  if (head.host.empty()) out.add_field("Host", how.fallback_host);
  const NamedByConnection named(head);
  bool has_id = false;
  for (const http::FieldView& field : head.fields) {
    const std::string_view name = field.name;
    if (is_hop_by_hop(name) || named.has(name)) continue;
    if (same_name(name, kForwardedFor) || same_name(name, kForwardedProto) || same_name(name, kForwardedHost))
      continue;
    if (same_name(name, kRequestId)) {
      if (has_id || field.value.empty()) continue;
      has_id = true;
    }
    if (head.host.empty() && same_name(name, "host")) continue;
    if (!how.new_trace.empty() && is_trace(name)) continue;
    if (touched(how.edits, name)) continue;
    if (const auto hops = max_forwards(head, field)) {
      out.add_field(name, fmt::format_int(*hops - 1).str());
      continue;
    }
    out.add_field(name, field.value);
  }
  add_forwarding(head, how, has_id, out);
  add_framing(head, head.chunked, true, out);
  if (how.upgrade) {
    out.add("Connection: upgrade\r\n");
    out.add_field("Upgrade", *head.get("upgrade"));
  }
  out.add("\r\n");
}

void each_answer_field(const http::ResponseView& head, const ResponseForward& how, const FieldVisit& visit) {
  visit_answer_fields(head, how, visit);
}

void write_response(const http::ResponseView& head, const ResponseForward& how, HeadScratch& out) {
  out.clear();
  out.add("HTTP/1.1 ");
  out.add_number(static_cast<uint64_t>(head.status));
  out.add(" ");
  out.add(head.reason);
  out.add("\r\n");
  visit_answer_fields(head, how,
                      [&](std::string_view name, std::string_view value) { out.add_field(name, value); });
  add_framing(head, how.chunked, how.length, out);
  if (how.upgrade) {
    out.add("Connection: upgrade\r\n");
    if (const auto protocol = head.get("upgrade")) out.add_field("Upgrade", *protocol);
  } else if (how.connection == VisitorConnection::kClose) {
    out.add("Connection: close\r\n");
  } else if (how.connection == VisitorConnection::kKeepAlive) {
    out.add("Connection: keep-alive\r\n");
  }
  out.add("\r\n");
}

}  // namespace hancock::slardar
