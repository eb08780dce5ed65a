// spec::Schema<T>: which keys a map of the spec may have, and how each fills a T. Declared, not programmed:
//
//   const Schema<PortSpec>& port_schema() {
//     static const Schema<PortSpec> schema({
//         required("name", name(), into(&PortSpec::mutable_name)),
//         required("port", whole_number(1, 65'535), &PortSpec::set_port),
//         not_yet<PortSpec>("expose", "gateways"),
//     });
//     return schema;
//   }
//
// Immutable once made; any thread.
#pragma once

#include <google/protobuf/duration.pb.h>

#include <functional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "model/spec_report.h"
#include "model/spec_scalar.h"
#include "model/time.h"

namespace hancock::model::spec {

template <class T>
struct Key {
  std::string_view name;
  /// Called once for each T, also for a key that is not written: it fills in the default then.
  std::function<void(Report&, const Place&, T&)> read;
};

template <class T>
class Schema {
 public:
  explicit Schema(std::vector<Key<T>> keys) : keys_(std::move(keys)) {}

  /// A map that is not written is as good as an empty one.
  void read(Report& report, const Place& map, T& target) const {
    if (map.written() && !map.is(YamlNode::Kind::kMap)) return report.wrong(map, "a map of keys and values");
    for (const auto& [key, place] : report.entries(map)) {
      if (find(key) == nullptr) report.unknown_key(place, key, names());
    }
    for (const Key<T>& key : keys_) key.read(report, map.at(key.name), target);
  }

  std::vector<std::string_view> names() const {
    std::vector<std::string_view> result;
    for (const Key<T>& key : keys_) result.push_back(key.name);
    return result;
  }

 private:
  const Key<T>* find(std::string_view name) const {
    for (const Key<T>& key : keys_) {
      if (key.name == name) return &key;
    }
    return nullptr;
  }

  std::vector<Key<T>> keys_;
};

/// How many items a list may have when nothing else is said.
inline constexpr size_t kSpecListMax = 100;

/// What stores a value in a T, from the accessor that the schema's messages have.
template <class T, class P>
auto into(P* (T::*accessor)()) {
  if constexpr (std::is_same_v<P, google::protobuf::Duration>) {
    return [=](T& target, Duration value) { *(target.*accessor)() = to_proto(value); };
  } else {
    return [=](T& target, P value) { *(target.*accessor)() = std::move(value); };
  }
}

/// The T that a setter belongs to: of a member function, or of a function object's first argument.
template <class F>
struct TargetOf : TargetOf<decltype(&F::operator())> {};
template <class T, class V>
struct TargetOf<void (T::*)(V)> {
  using type = T;
};
template <class C, class T, class V>
struct TargetOf<void (C::*)(T&, V) const> {
  using type = T;
};

/// Must be written.
template <class V, class Set, class T = typename TargetOf<Set>::type>
Key<T> required(std::string_view key, Scalar<V> scalar, Set set) {
  return {key, [=](Report& report, const Place& place, T& target) {
            if (auto value = scalar.read(report, place)) std::invoke(set, target, std::move(*value));
          }};
}

/// Stays as it is in a new T when it is not written.
template <class V, class Set, class T = typename TargetOf<Set>::type>
Key<T> optional(std::string_view key, Scalar<V> scalar, Set set) {
  return {key, [=](Report& report, const Place& place, T& target) {
            if (!place.written()) return;
            if (auto value = scalar.read(report, place)) std::invoke(set, target, std::move(*value));
          }};
}

/// `text` is what an owner would write to get the default.
template <class V, class Set, class T = typename TargetOf<Set>::type>
Key<T> defaulted(std::string_view key, Scalar<V> scalar, std::string_view text, Set set) {
  return {key, [=](Report& report, const Place& place, T& target) {
            auto value = place.written() ? scalar.read(report, place) : scalar.parse(text);
            if (value) std::invoke(set, target, std::move(*value));
          }};
}

/// The same, where the default is a value that others need too (spec_defaults.h).
template <class V, class Set, class T = typename TargetOf<Set>::type>
Key<T> defaulted(std::string_view key, Scalar<V> scalar, V otherwise, Set set) {
  return {key, [=](Report& report, const Place& place, T& target) {
            std::optional<V> value = otherwise;
            if (place.written()) value = scalar.read(report, place);
            if (value) std::invoke(set, target, std::move(*value));
          }};
}

/// Known but not built: refused. `harmless`, where there is one, is the documented default: writing it out
/// asks for nothing, so that is taken.
template <class T>
Key<T> not_yet(std::string_view key, std::string_view harmless = {}) {
  return {key, [=](Report& report, const Place& place, T&) {
            if (!place.written() || (!harmless.empty() && place.text() == harmless)) return;
            report.unsupported_key(place);
          }};
}

/// A map inside: its defaults are filled in also when it is not written.
template <class T, class Sub>
Key<T> nested(std::string_view key, const Schema<Sub>& schema, Sub* (T::*accessor)()) {
  return {key, [&schema, accessor](Report& report, const Place& place, T& target) {
            schema.read(report, place, *(target.*accessor)());
          }};
}

/// The same for a map whose mere presence says something.
template <class T, class Sub>
Key<T> nested_if_written(std::string_view key, const Schema<Sub>& schema, Sub* (T::*accessor)()) {
  return {key, [&schema, accessor](Report& report, const Place& place, T& target) {
            if (place.written()) schema.read(report, place, *(target.*accessor)());
          }};
}

/// True when `place` is a list of at most `items_max` items; reported when it is written as something else.
bool is_list(Report& report, const Place& place, std::string_view allowed, size_t items_max = kSpecListMax);

/// A list of maps.
template <class T, class Sub>
Key<T> list(std::string_view key, std::string allowed, const Schema<Sub>& schema, Sub* (T::*add)()) {
  return {key, [=, &schema](Report& report, const Place& place, T& target) {
            if (!is_list(report, place, allowed)) return;
            for (const Place& item : place.items()) schema.read(report, item, *(target.*add)());
          }};
}

/// A list of scalars; not written: empty. `Append` takes (T&, V).
template <class V, class Append, class T = typename TargetOf<Append>::type>
Key<T> list(std::string_view key, std::string allowed, Scalar<V> scalar, Append append,
            size_t items_max = kSpecListMax) {
  return {key, [=](Report& report, const Place& place, T& target) {
            if (!is_list(report, place, allowed, items_max)) return;
            for (const Place& item : place.items()) {
              if (auto value = scalar.read(report, item)) std::invoke(append, target, std::move(*value));
            }
          }};
}

/// What appends to a repeated string field.
template <class T>
auto append(google::protobuf::RepeatedPtrField<std::string>* (T::*accessor)()) {
  return [=](T& target, std::string value) { *(target.*accessor)()->Add() = std::move(value); };
}

}  // namespace hancock::model::spec
