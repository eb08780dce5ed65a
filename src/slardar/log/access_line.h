// AccessLine: one request as a line of the access log, in JSON or in the "combined" form of Apache and nginx.
//
// What visitors send stands in it as they sent it, and cannot end the line or the field: JSON has what is not
// UTF-8 as U+FFFD; the combined form has it, quotes, backslashes and control characters as \xHH. Pure; one
// writer a worker, which keeps the second's text.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace hancock::slardar {

enum class AccessLogFormat { kJson, kCombined };

/// Views of what lives as long as the request.
struct AccessEntry {
  WallTime time;  // of the end
  std::string_view id;
  std::string_view visitor_ip;
  std::string_view method;  // "" when the head could not be read
  std::string_view host;
  std::string_view target;
  std::string_view protocol;  // "HTTP/1.1"
  int status = 0;
  uint64_t bytes_in = 0;  // of its body
  uint64_t bytes_out = 0;
  Duration took{};
  std::string_view tenant;
  std::string_view app;
  std::string_view service;
  std::string_view version;
  std::string_view peer;  // that was tried last
  uint32_t tries = 0;
  std::string_view error;  // as X-Slardar-Error; "" for none
  std::string_view trace;
  std::string_view user_agent;
  std::string_view referer;
};

class AccessLineWriter {
 public:
  explicit AccessLineWriter(AccessLogFormat format) : format_(format) {}
  /// With its line end; valid until the next one.
  std::string_view write(const AccessEntry& entry);

 private:
  /// Both give the end of what they wrote.
  char* write_json(char* to, const AccessEntry& entry) const;
  char* write_combined(char* to, const AccessEntry& entry) const;
  void take_second(WallTime time);
  void make_room(const AccessEntry& entry);

  const AccessLogFormat format_;
  std::unique_ptr<char[]> room_;  // for the longest line so far, all of it escaped
  size_t room_bytes_ = 0;
  int64_t second_ = -1;
  std::string second_text_;  // "2026-01-31T08:15:30" or "31/Jan/2026:08:15:30 +0000"
};

}  // namespace hancock::slardar
