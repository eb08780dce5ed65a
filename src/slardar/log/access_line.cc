#include "slardar/log/access_line.h"

#include <fmt/format.h>

#include <charconv>
#include <cstring>
#include <initializer_list>
#include <utility>

#include "model/utf8.h"

namespace hancock::slardar {
namespace {

constexpr size_t kFixedMax = 1'024;  // names, numbers and marks of a line
constexpr size_t kEscapedMax = 6;    // bytes that one byte becomes: \u0000
constexpr uint64_t kOnes = 0x0101010101010101ULL;
constexpr uint64_t kHighs = kOnes * 0x80;

bool is_plain(char c) { return c >= ' ' && c < 0x7f && c != '"' && c != '\\'; }

/// Eight bytes at a time; a byte is 0 where (x - 1) borrows (Mycroft), and 0x7f or more where (x + 1) or x
/// has its highest bit.
[[gnu::always_inline]] inline bool all_plain(uint64_t eight) {
  const auto borrows = [](uint64_t x) { return (x - kOnes) & ~x; };
  const uint64_t control = (eight - kOnes * ' ') & ~eight;
  const uint64_t marks = borrows(eight ^ kOnes * '"') | borrows(eight ^ kOnes * '\\');
  return ((eight | (eight + kOnes) | control | marks) & kHighs) == 0;
}

char* put(char* to, std::string_view text) {
  std::memcpy(to, text.data(), text.size());
  return to + text.size();
}

/// The same of a literal, whose size the compiler knows.
template <size_t N>
char* put(char* to, const char (&text)[N]) {
  std::memcpy(to, text, N - 1);
  return to + N - 1;
}

/// `text`, of fewer than 8 bytes, of which the ones before are plain and stand before `to` too, up to
/// `before` of them. False: not all of it is plain.
bool put_short(char* to, std::string_view text, size_t before) {
  if (before + text.size() >= 8) {
    uint64_t eight = 0;
    std::memcpy(&eight, text.data() + text.size() - 8, 8);
    std::memcpy(to + text.size() - 8, &eight, 8);
    return all_plain(eight);
  }
  if (text.size() < 4) return false;
  uint32_t first = 0;
  uint32_t last = 0;
  std::memcpy(&first, text.data(), 4);
  std::memcpy(&last, text.data() + text.size() - 4, 4);
  std::memcpy(to, &first, 4);
  std::memcpy(to + text.size() - 4, &last, 4);
  return all_plain(first | uint64_t{last} << 32);
}

/// As much of it as needs no escape; `text` is what is left.
char* put_plain(char* to, std::string_view& text) {
  size_t before = 0;
  while (text.size() >= 8) {
    uint64_t eight = 0;
    std::memcpy(&eight, text.data(), 8);
    if (!all_plain(eight)) break;
    std::memcpy(to, &eight, 8);
    to += 8;
    before += 8;
    text.remove_prefix(8);
  }
  if (text.size() < 8 && put_short(to, text, before)) {
    to += text.size();
    text = {};
  }
  while (!text.empty() && is_plain(text.front())) {
    *to++ = text.front();
    text.remove_prefix(1);
  }
  return to;
}

char* put_json_escape(char* to, std::string_view& text) {
  const char c = text.front();
  const auto byte = static_cast<unsigned char>(c);
  size_t length = 1;
  if (c == '"' || c == '\\') {
    *to++ = '\\';
    *to++ = c;
  } else if (byte < ' ') {
    to = fmt::format_to(to, "\\u{:04x}", byte);
  } else if (length = model::utf8_length(text); length > 0) {
    to = put(to, text.substr(0, length));
  } else {
    length = 1;
    to = put(to, "\xef\xbf\xbd");
  }
  text.remove_prefix(length);
  return to;
}

/// `name` with its marks: `,"id":"`.
template <size_t N>
char* put_json(char* to, const char (&name)[N], std::string_view text) {
  to = put(to, name);
  while (true) {
    to = put_plain(to, text);
    if (text.empty()) break;
    to = put_json_escape(to, text);
  }
  *to++ = '"';
  return to;
}

/// `name` with its marks: `,"status":`.
template <size_t N>
char* put_json(char* to, const char (&name)[N], uint64_t number) {
  constexpr size_t kDigitsMax = 20;
  to = put(to, name);
  return std::to_chars(to, to + kDigitsMax, number).ptr;
}

char* put_escaped(char* to, std::string_view text) {
  while (true) {
    to = put_plain(to, text);
    if (text.empty()) return to;
    to = fmt::format_to(to, "\\x{:02X}", static_cast<unsigned char>(text.front()));
    text.remove_prefix(1);
  }
}

/// "" stands as "-".
char* put_field(char* to, std::string_view text) {
  return text.empty() ? put(to, "-") : put_escaped(to, text);
}

std::string second_text(WallTime time, AccessLogFormat format) {
  const std::string text = to_rfc3339(time);  // 2026-01-31T08:15:30.250Z
  if (format == AccessLogFormat::kJson) return text.substr(0, 19);
  constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  const auto month = static_cast<size_t>((text[5] - '0') * 10 + (text[6] - '0') - 1);
  return fmt::format("{}/{}/{}:{} +0000", text.substr(8, 2), kMonths.substr(month * 3, 3), text.substr(0, 4),
                     text.substr(11, 8));
}

}  // namespace

void AccessLineWriter::take_second(WallTime time) {
  const int64_t second = time.time_since_epoch().count() / 1'000;
  if (std::exchange(second_, second) != second) second_text_ = second_text(time, format_);
}

void AccessLineWriter::make_room(const AccessEntry& entry) {
  size_t bytes = 0;
  for (const std::string_view each : {entry.id, entry.visitor_ip, entry.method, entry.host, entry.target,
                                      entry.protocol, entry.tenant, entry.app, entry.service, entry.version,
                                      entry.peer, entry.error, entry.trace, entry.user_agent, entry.referer})
    bytes += each.size();
  const size_t needed = kFixedMax + kEscapedMax * bytes;
  if (needed <= room_bytes_) return;
  room_ = std::make_unique_for_overwrite<char[]>(needed);
  room_bytes_ = needed;
}

std::string_view AccessLineWriter::write(const AccessEntry& entry) {
  make_room(entry);
  take_second(entry.time);
  char* const begin = room_.get();
  char* end = format_ == AccessLogFormat::kJson ? write_json(begin, entry) : write_combined(begin, entry);
  *end++ = '\n';
  return {begin, static_cast<size_t>(end - begin)};
}

char* AccessLineWriter::write_json(char* to, const AccessEntry& entry) const {
  const auto ms = static_cast<uint64_t>(entry.time.time_since_epoch().count() % 1'000);
  const char digits[] = {'.', static_cast<char>('0' + ms / 100), static_cast<char>('0' + ms / 10 % 10),
                         static_cast<char>('0' + ms % 10)};
  to = put(put(to, "{\"time\":\""), second_text_);
  to = put(put(to, {digits, sizeof digits}), "Z\"");
  to = put_json(to, ",\"id\":\"", entry.id);
  to = put_json(to, ",\"ip\":\"", entry.visitor_ip);
  to = put_json(to, ",\"method\":\"", entry.method);
  to = put_json(to, ",\"host\":\"", entry.host);
  to = put_json(to, ",\"path\":\"", entry.target);
  to = put_json(to, ",\"protocol\":\"", entry.protocol);
  to = put_json(to, ",\"status\":", static_cast<uint64_t>(entry.status));
  to = put_json(to, ",\"bytes_in\":", entry.bytes_in);
  to = put_json(to, ",\"bytes_out\":", entry.bytes_out);
  to = put_json(to, ",\"duration_us\":", static_cast<uint64_t>(entry.took.count() / 1'000));
  to = put_json(to, ",\"tenant\":\"", entry.tenant);
  to = put_json(to, ",\"app\":\"", entry.app);
  to = put_json(to, ",\"service\":\"", entry.service);
  to = put_json(to, ",\"version\":\"", entry.version);
  to = put_json(to, ",\"peer\":\"", entry.peer);
  to = put_json(to, ",\"tries\":", entry.tries);
  to = put_json(to, ",\"error\":\"", entry.error);
  to = put_json(to, ",\"trace\":\"", entry.trace);
  to = put_json(to, ",\"user_agent\":\"", entry.user_agent);
  to = put_json(to, ",\"referer\":\"", entry.referer);
  *to++ = '}';
  return to;
}

char* AccessLineWriter::write_combined(char* to, const AccessEntry& entry) const {
  to = put_field(to, entry.visitor_ip);
  to = put(put(put(to, " - - ["), second_text_), "] \"");
  if (entry.method.empty()) {
    *to++ = '-';
  } else {
    to = put(put_escaped(to, entry.method), " ");
    to = put(put_escaped(to, entry.target), " ");
    to = put(to, entry.protocol);
  }
  to = fmt::format_to(to, "\" {} {} \"", entry.status, entry.bytes_out);
  to = put(put_field(to, entry.referer), "\" \"");
  to = put(put_field(to, entry.user_agent), "\"");
  return to;
}

}  // namespace hancock::slardar
