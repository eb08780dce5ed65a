// The head of an HTTP message, whichever version carried it: method, target or status, and header fields.
//
// Plain values; any thread, one at a time. Field names compare without case and keep the spelling they came
// with.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hancock::http {

struct Header {
  std::string name;
  std::string value;
};

namespace detail {
bool same_letters(const char* a, const char* b, size_t count);
}

/// Compares field names: ASCII case is ignored.
inline bool same_name(std::string_view a, std::string_view b) {
  return a.size() == b.size() && detail::same_letters(a.data(), b.data(), a.size());
}

class Headers {
 public:
  Headers() = default;
  Headers(std::initializer_list<Header> fields) : fields_(fields) {}

  /// The first field of that name.
  std::optional<std::string_view> get(std::string_view name) const;
  bool has(std::string_view name) const { return get(name).has_value(); }
  /// True when a comma-separated list field (Connection, Expect, …) holds `token`, without case.
  bool has_token(std::string_view name, std::string_view token) const;

  void add(std::string_view name, std::string_view value);
  /// Replaces all fields of that name by one.
  void set(std::string_view name, std::string_view value);
  void remove(std::string_view name);

  size_t size() const { return fields_.size(); }
  auto begin() const { return fields_.begin(); }
  auto end() const { return fields_.end(); }

 private:
  std::vector<Header> fields_;
};

// RequestHead, ResponseHead and Response have constructors on purpose: GCC 12 destroys an aggregate temporary
// of a co_await expression twice (docs/traps.md), and with these there is none.
struct RequestHead {
  RequestHead() = default;
  RequestHead(std::string method_name, std::string request_target, Headers fields = {})
      : method(std::move(method_name)), target(std::move(request_target)), headers(std::move(fields)) {}

  std::string method;     // as sent: "GET"
  std::string target;     // origin form: "/path?query"; absolute form is split into Host and this
  int minor_version = 1;  // HTTP/1.x
  Headers headers;

  /// The target up to '?', percent-encoding kept.
  std::string_view path() const;
  /// After '?', without it.
  std::string_view query() const;
  /// A decoded query parameter: "?a=1&b" has a = "1" and b = "". nullopt when absent.
  std::optional<std::string> parameter(std::string_view name) const;
};

struct ResponseHead {
  ResponseHead() = default;
  ResponseHead(int status_code, Headers fields = {}) : status(status_code), headers(std::move(fields)) {}

  int status = 200;
  std::string reason;  // "" = the standard phrase
  Headers headers;
};

/// The standard phrase of a status: 404 -> "Not Found"; "" when unknown.
std::string_view reason_phrase(int status);

}  // namespace hancock::http
