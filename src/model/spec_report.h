// spec::Report: the mistakes found in one spec, each with a message in the one form that all have.
//
// Made for one load, by one thread. Holds at most kMistakesMax mistakes; later ones are dropped.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/spec_error.h"
#include "model/spec_place.h"

namespace hancock::model::spec {

class Report {
 public:
  /// `whole`: what the text as such is called.
  explicit Report(size_t mistakes_max, std::string_view whole = "the spec")
      : mistakes_max_(mistakes_max), whole_(whole) {}

  /// "services.web.replicas: many: must be 0..10000"
  void wrong(const Place& place, std::string_view allowed);
  /// "services.web.image: missing: must be an image …"
  void missing(const Place& place, std::string_view allowed);
  /// "services.Web: key must be a name: …"
  void wrong_key(const Place& place, std::string_view key, std::string_view allowed);
  /// "services.web.health: not supported yet"
  void unsupported_key(const Place& place);
  /// "services.web.update.strategy: canary: not supported yet"
  void unsupported_value(const Place& place);
  /// In the words of somebody who has looked: "upstreams.a.servers: can not set empty upstream".
  void refused(const Place& place, std::string why);
  /// "services.web.replica: unknown key, did you mean replicas?"
  void unknown_key(const Place& place, std::string_view key, const std::vector<std::string_view>& known);

  /// The keys of a map with their values: repeated keys, merges and keys that are no text are reported and
  /// left out. Nothing when `map` is no map.
  std::vector<std::pair<std::string_view, Place>> entries(const Place& map);

  bool empty() const { return mistakes_.empty(); }
  /// In the order of their lines.
  std::vector<SpecError> take();

 private:
  void add(const Place& place, SpecError error);

  size_t mistakes_max_;
  std::string whole_;
  std::vector<SpecError> mistakes_;
};

/// The one of `known` that `word` was probably meant to be; "" when none is near.
std::string_view nearest_word(std::string_view word, const std::vector<std::string_view>& known);

}  // namespace hancock::model::spec
