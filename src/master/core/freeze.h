// freeze: the blast radius of silence. When more than a third of a Site's Nodes, and at least three, fall
// silent within 60 s, what was lost there is not replaced: a cut link is likelier than that many deaths, and
// what is behind it runs on. It ends when fewer have been silent for 60 s, by an operator's thaw, or after an
// hour. A step of reconcile; pure.
//
// Kept in sites/<site> and in Node.silent_since, so that a change of leader neither loses a freeze nor makes
// one: silence that only this leader has seen counts from when the Node was heard of in its reign.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "master/core/contacts.h"
#include "master/core/state.h"

namespace hancock::master {

struct Round;

inline constexpr size_t kFreezeNodesMin = 3;
inline constexpr Duration kFreezeWindow = std::chrono::seconds(60);  // within which they fall silent
inline constexpr Duration kFreezeCalm = std::chrono::seconds(60);
inline constexpr Duration kFreezeMax = std::chrono::hours(1);

/// Since when `node` has not been heard of; nullopt: it is.
std::optional<WallTime> silent_since(const model::Node& node, const Contacts& contacts, TimePoint now,
                                     WallTime wall);

/// Begins and ends freezes, and tells the round which Sites are frozen.
void reconcile_sites(Round& round);

/// Why lost Tasks of `site` are not replaced, for people; "" when they are.
std::string why_frozen(const State& state, std::string_view site);

}  // namespace hancock::master
