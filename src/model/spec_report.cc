#include "model/spec_report.h"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <unordered_map>

namespace hancock::model::spec {
namespace {

/// Optimal string alignment: insert, delete, replace, swap neighbours cost one each.
size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<size_t>> cost(a.size() + 1, std::vector<size_t>(b.size() + 1));
  for (size_t i = 0; i <= a.size(); ++i) {
    for (size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        cost[i][j] = i + j;
        continue;
      }
      const size_t replace = cost[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, replace});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
      }
    }
  }
  return cost[a.size()][b.size()];
}

}  // namespace

std::string_view nearest_word(std::string_view word, const std::vector<std::string_view>& known) {
  constexpr size_t kWordMax = 40;
  if (word.size() > kWordMax) return "";
  std::string_view best;
  // A third of the word may be wrong.
  size_t best_distance = word.size() / 3 + 2;
  for (const std::string_view candidate : known) {
    const size_t distance = edit_distance(word, candidate);
    if (distance < best_distance && distance < candidate.size()) {
      best = candidate;
      best_distance = distance;
    }
  }
  if (!best.empty()) return best;
  // "environment" for env, "mem" for memory.
  for (const std::string_view candidate : known) {
    if (candidate.size() >= 3 && word.size() >= 3 &&
        (word.starts_with(candidate) || candidate.starts_with(word))) {
      return candidate;
    }
  }
  return best;
}

void Report::add(const Place& place, SpecError error) {
  if (mistakes_.size() >= mistakes_max_) return;
  error.field = place.path();
  error.line = place.line();
  error.message = fmt::format("{}: {}", place.path().empty() ? whole_ : place.path(), error.message);
  mistakes_.push_back(std::move(error));
}

void Report::wrong(const Place& place, std::string_view allowed) {
  if (!place.written()) return missing(place, allowed);
  SpecError error;
  error.value = place.describe();
  error.allowed = allowed;
  error.message = fmt::format("{}: must be {}", error.value, allowed);
  add(place, std::move(error));
}

void Report::missing(const Place& place, std::string_view allowed) {
  SpecError error;
  error.allowed = allowed;
  error.message = fmt::format("missing: must be {}", allowed);
  add(place, std::move(error));
}

void Report::wrong_key(const Place& place, std::string_view key, std::string_view allowed) {
  SpecError error;
  error.value = shorten_for_message(key);
  error.allowed = allowed;
  error.message = fmt::format("key must be {}", allowed);
  add(place, std::move(error));
}

void Report::unsupported_key(const Place& place) {
  SpecError error;
  error.code = "unsupported";
  error.value = place.describe();
  error.allowed = "not supported yet";
  error.message = error.allowed;
  add(place, std::move(error));
}

void Report::unsupported_value(const Place& place) {
  SpecError error;
  error.code = "unsupported";
  error.value = place.describe();
  error.allowed = "not supported yet";
  error.message = fmt::format("{}: not supported yet", error.value);
  add(place, std::move(error));
}

void Report::refused(const Place& place, std::string why) {
  SpecError error;
  error.value = place.describe();
  error.message = std::move(why);
  add(place, std::move(error));
}

void Report::unknown_key(const Place& place, std::string_view key,
                         const std::vector<std::string_view>& known) {
  if (mistakes_.size() >= mistakes_max_) return;  // looking for the nearest key costs
  SpecError error;
  error.value = place.describe();
  error.allowed = fmt::format("one of the keys {}", fmt::join(known, ", "));
  const std::string_view near = nearest_word(key, known);
  error.message = near.empty() ? fmt::format("unknown key, must be {}", error.allowed)
                               : fmt::format("unknown key, did you mean {}?", near);
  add(place, std::move(error));
}

std::vector<std::pair<std::string_view, Place>> Report::entries(const Place& map) {
  std::vector<std::pair<std::string_view, Place>> result;
  if (!map.is(YamlNode::Kind::kMap)) return result;
  std::unordered_map<std::string_view, int> lines;
  for (size_t i = 0; i < map.node()->keys.size(); ++i) {
    const YamlKey& key = map.node()->keys[i];
    const Place place = map.entry(i);
    SpecError error;
    error.value = place.describe();
    const auto [first, fresh] = lines.try_emplace(key.text, key.line);
    if (!key.scalar) {
      error.message = error.allowed = "a key must be a word";
    } else if (key.plain && key.text == "<<") {
      error.code = "unsupported";
      error.allowed = "the keys themselves";
      error.message = "merges are not supported, write the keys out";
    } else if (!fresh) {
      error.allowed = "each key once";
      error.message = fmt::format("key written twice, first in line {}", first->second);
    } else {
      result.emplace_back(key.text, place);
      continue;
    }
    add(place, std::move(error));
  }
  return result;
}

std::vector<SpecError> Report::take() {
  std::ranges::stable_sort(mistakes_, {}, &SpecError::line);
  return std::move(mistakes_);
}

}  // namespace hancock::model::spec
