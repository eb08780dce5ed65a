#include "http/message.h"

#include <algorithm>

#include "base/percent.h"
#include "http/characters.h"
#include "http/scan.h"

namespace hancock::http {
namespace {

constexpr uint64_t kCaseBits = detail::kOnes * 0x20;

}  // namespace

namespace detail {

bool same_letters(const char* a, const char* b, size_t count) {
  for (; count >= 8; a += 8, b += 8, count -= 8) {
    const uint64_t differs = load(a) ^ load(b);
    if (differs == 0) continue;
    if ((differs & ~kCaseBits) != 0) return false;
    for (size_t i = 0; i < 8; ++i) {
      if (to_lower(a[i]) != to_lower(b[i])) return false;
    }
  }
  for (; count > 0; ++a, ++b, --count) {
    if (to_lower(*a) != to_lower(*b)) return false;
  }
  return true;
}

}  // namespace detail

std::optional<std::string_view> Headers::get(std::string_view name) const {
  for (const Header& field : fields_) {
    if (same_name(field.name, name)) return field.value;
  }
  return std::nullopt;
}

bool Headers::has_token(std::string_view name, std::string_view token) const {
  for (const Header& field : fields_) {
    if (!same_name(field.name, name)) continue;
    for (std::string_view rest = field.value; !rest.empty();) {
      if (same_name(next_list_element(rest), token)) return true;
    }
  }
  return false;
}

void Headers::add(std::string_view name, std::string_view value) {
  fields_.push_back({std::string(name), std::string(value)});
}

void Headers::set(std::string_view name, std::string_view value) {
  const auto is_it = [name](const Header& field) { return same_name(field.name, name); };
  const auto first = std::find_if(fields_.begin(), fields_.end(), is_it);
  if (first == fields_.end()) return add(name, value);
  first->value = value;
  fields_.erase(std::remove_if(first + 1, fields_.end(), is_it), fields_.end());
}

void Headers::remove(std::string_view name) {
  std::erase_if(fields_, [name](const Header& field) { return same_name(field.name, name); });
}

std::string_view RequestHead::path() const { return std::string_view(target).substr(0, target.find('?')); }

std::string_view RequestHead::query() const {
  const size_t mark = target.find('?');
  return mark == std::string::npos ? std::string_view() : std::string_view(target).substr(mark + 1);
}

std::optional<std::string> RequestHead::parameter(std::string_view name) const {
  for (std::string_view rest = query(); !rest.empty();) {
    const size_t end = rest.find('&');
    const std::string_view pair = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    const size_t equals = pair.find('=');
    if (percent_decode(pair.substr(0, equals)) != name) continue;
    return percent_decode(equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1));
  }
  return std::nullopt;
}

std::string_view reason_phrase(int status) {
  switch (status) {
    case 100:
      return "Continue";
    case 101:
      return "Switching Protocols";
    case 103:
      return "Early Hints";
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 206:
      return "Partial Content";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Found";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 307:
      return "Temporary Redirect";
    case 308:
      return "Permanent Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 406:
      return "Not Acceptable";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 411:
      return "Length Required";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 416:
      return "Range Not Satisfiable";
    case 417:
      return "Expectation Failed";
    case 421:
      return "Misdirected Request";
    case 422:
      return "Unprocessable Content";
    case 425:
      return "Too Early";
    case 426:
      return "Upgrade Required";
    case 428:
      return "Precondition Required";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    case 505:
      return "HTTP Version Not Supported";
    case 508:
      return "Loop Detected";
    default:
      return "";
  }
}

}  // namespace hancock::http
