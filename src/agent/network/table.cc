#include "agent/network/table.h"

namespace hancock::agent {
namespace {

constexpr const char* kList = "list table inet hancock";

}  // namespace

Result<void> Table::apply(Ruleset wanted) {
  const bool changes_elements =
      settled_ && rules_.closed == wanted.closed && rules_.gateways == wanted.gateways;
  const std::string change = changes_elements ? render_change(rules_, wanted) : "";
  rules_ = std::move(wanted);
  if (changes_elements && (change.empty() || nft_.run(change))) return {};
  return replace();
}

Result<bool> Table::mend() {
  const auto text = nft_.list(kList);
  if (text) {
    const auto listing = parse_listing(*text);
    if (!listing) return tl::unexpected(listing.error());
    if (*listing == Listing{frame_, rules_.tasks, rules_.ports}) return false;
  }
  auto replaced = replace();
  if (!replaced) return forward_error(replaced);
  return true;
}

Result<void> Table::remove() { return nft_.run("delete table inet hancock"); }

Result<void> Table::replace() {
  settled_ = false;
  auto applied = nft_.run(render_table(rules_));
  if (!applied) return applied;
  const auto text = nft_.list(kList);
  if (!text) return tl::unexpected(text.error());
  auto listing = parse_listing(*text);
  if (!listing) return forward_error(listing);
  frame_ = std::move(listing->frame);
  settled_ = true;
  return {};
}

}  // namespace hancock::agent
