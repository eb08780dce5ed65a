#include "agent/network/table.h"

namespace hancock::agent {
namespace {

constexpr const char* kList = "list table inet hancock";

}  // namespace

Result<void> Table::set_up(Ruleset rules) {
  rules_ = std::move(rules);
  return replace();
}

Result<void> Table::publish(const std::string& address, const std::vector<PublishedPort>& ports) {
  const Ruleset before = rules_;
  rules_.add(address, ports);
  if (rules_ == before) return {};  // the caretaker sees to it that it is so
  if (nft_.run(render_add(address, ports))) return {};
  return replace();
}

Result<void> Table::withdraw(const std::string& address, const std::vector<PublishedPort>& ports) {
  rules_.remove(address, ports);
  if (nft_.run(render_remove(address, ports))) return {};
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
  auto applied = nft_.run(render_table(rules_));
  if (!applied) return applied;
  const auto text = nft_.list(kList);
  if (!text) return tl::unexpected(text.error());
  auto listing = parse_listing(*text);
  if (!listing) return forward_error(listing);
  frame_ = std::move(listing->frame);
  return {};
}

}  // namespace hancock::agent
