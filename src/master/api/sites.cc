// GET sites; POST sites/SITE/thaw.
#include <set>

#include "master/api/handlers.h"
#include "master/api/write.h"
#include "master/core/freeze.h"
#include "model/json.h"

namespace hancock::master::api {
namespace {

std::string site_view(const Context& context, const std::string& name) {
  const State& state = context.state();
  model::Site site;
  if (const auto stored = state.sites().find(name); stored != state.sites().end())
    site = stored->second.value;
  site.set_name(name);
  const Contacts* contacts = context.reconciler.contacts();
  for (const auto& [node, record] : state.nodes()) {
    if (record.value.site() != name) continue;
    site.set_nodes(site.nodes() + 1);
    const bool is_silent =
        contacts
            ? silent_since(record.value, *contacts, context.clock.now(), context.clock.wall()).has_value()
            : record.value.has_silent_since();
    if (is_silent) site.add_silent(node);
  }
  return model::to_json(site);
}

}  // namespace

io::Async<void> list_sites(Call& call) {
  const State& state = call.context.state();
  std::set<std::string> names;
  for (const auto& [node, record] : state.nodes()) names.insert(record.value.site());
  for (const auto& [name, site] : state.sites()) names.insert(name);
  std::vector<std::string> items;
  for (const std::string& name : names) items.push_back(site_view(call.context, name));
  co_await answer(call, 200, list_of(items, state.revision()));
}

io::Async<void> thaw_site(Call& call) {
  DecideChanges decide = [site = call.names[0]](const State& state, WallTime now) {
    return thaw(state, site, now);
  };
  return write_without_body(call, std::move(decide));
}

}  // namespace hancock::master::api
