// Document and Reader: read a record's JSON and say exactly what is wrong with it.
//
//   auto document = Document::parse(text);
//   Reader root = document->root();
//   record.tenant = root.name("tenant");
//   record.weight = root.number<uint32_t>("weight", {0, 100}, 1);
//   if (auto problem = document->problem()) return tl::unexpected(*problem);
//
// A getter that finds something wrong notes it and gives a default; the first note is the record's error.
// Members that nobody asks for are ignored. Private to this folder: nlohmann-json stays in json_reader.cc.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace hancock::registry {

/// Inclusive.
struct Limits {
  int64_t min = 0;
  int64_t max = std::numeric_limits<int64_t>::max();
};

/// The first thing that was found wrong.
using Problem = std::optional<Error>;

class Value;

/// One JSON object and the path that leads to it.
class Reader {
 public:
  Reader(const nlohmann::json& object, std::string path, Problem& problem)
      : object_(object), path_(std::move(path)), problem_(problem) {}

  /// Required: a name as in [a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?
  std::string name(std::string_view member);
  /// Required: an id that can be part of a key: 1 to 128 of [-_.a-zA-Z0-9].
  std::string id(std::string_view member);
  /// Any string; required unless there is a fallback.
  std::string text(std::string_view member, std::optional<std::string> fallback = {});
  bool boolean(std::string_view member, bool fallback);
  /// "250ms", "1s", "2m", "1h", "1d", at least 1 ms.
  int64_t duration_ms(std::string_view member, int64_t fallback);
  /// A whole number, as a JSON number or a string of digits; required unless there is a fallback.
  template <class T>
  T number(std::string_view member, Limits limits, std::optional<T> fallback = {}) {
    return static_cast<T>(
        integer(member, limits, fallback ? std::optional(static_cast<int64_t>(*fallback)) : std::nullopt));
  }

  bool has(std::string_view member) const;
  /// A required object, or an optional one.
  void object(std::string_view member, const std::function<void(Reader&)>& read);
  void optional_object(std::string_view member, const std::function<void(Reader&)>& read);
  /// Each element of a required array.
  void each(std::string_view member, const std::function<void(Value)>& read);
  /// Each member of a required object, by name.
  void each_member(std::string_view member, const std::function<void(const std::string&, Value)>& read);

  /// Notes that `member` holds what is not allowed.
  void refuse(std::string_view member, std::string_view value, std::string_view allowed);

 private:
  friend class Value;
  const nlohmann::json* find(std::string_view member) const;
  const nlohmann::json* require(std::string_view member, std::string_view allowed);
  std::string path_to(std::string_view member) const;
  int64_t integer(std::string_view member, Limits limits, std::optional<int64_t> fallback);

  const nlohmann::json& object_;
  std::string path_;
  Problem& problem_;
};

/// One element of an array or map.
class Value {
 public:
  Value(const nlohmann::json& value, std::string path, Problem& problem)
      : value_(value), path_(std::move(path)), problem_(problem) {}
  std::string text();
  int64_t number(Limits limits);
  bool boolean();
  void each_member(const std::function<void(const std::string&, Value)>& read);
  void object(const std::function<void(Reader&)>& read);
  void refuse(std::string_view value, std::string_view allowed);

 private:
  const nlohmann::json& value_;
  std::string path_;
  Problem& problem_;
};

/// A parsed record; outlives its readers and stays where it is.
class Document {
 public:
  static constexpr size_t kDepthMax = 32;
  /// Errors: kInvalid: not one JSON object, or nested deeper than kDepthMax.
  static Result<Document> parse(std::string_view text);
  Document(Document&&) noexcept;
  ~Document();

  Reader root();
  const nlohmann::json& json() const { return *json_; }
  const Problem& problem() const { return *problem_; }

 private:
  explicit Document(nlohmann::json json);
  std::unique_ptr<nlohmann::json> json_;
  std::unique_ptr<Problem> problem_;
};

bool is_name(std::string_view text);
bool is_id(std::string_view text);
/// A Version's number as a member's name: "3".
std::optional<uint32_t> parse_version(std::string_view text);
/// Milliseconds of "250ms", "1s", …; nullopt unless it is a whole number of at least 1 ms and a unit.
std::optional<int64_t> parse_duration_ms(std::string_view text);
/// With the largest unit that divides it: 60000 -> "1m".
std::string format_duration_ms(int64_t ms);

}  // namespace hancock::registry
