// GET apps, apps/APP.
#include "master/api/call.h"
#include "master/api/handlers.h"
#include "master/api/views.h"
#include "model/json.h"

namespace hancock::master::api {
namespace {

std::string view_of(const Context& context, const AppRef& ref, const Stored<model::App>& app) {
  std::vector<std::string> services;
  const auto& waiting = context.reconciler.waiting();
  for (const auto& [service, stored] : context.state().services()) {
    if (service.tenant != ref.tenant || service.app != ref.app) continue;
    const auto why = waiting.find(service);
    services.push_back(service_view(context.state(), stored, why == waiting.end() ? "" : why->second));
  }
  return app_view(app, services);
}

}  // namespace

io::Async<void> list_apps(Call& call) {
  std::vector<std::string> items;
  for (const auto& [ref, app] : call.context.state().apps()) {
    if (ref.tenant == call.tenant) items.push_back(view_of(call.context, ref, app));
  }
  co_await answer(call, 200, list_of(items, call.context.state().revision()));
}

io::Async<void> get_app(Call& call) {
  const AppRef ref{call.tenant, call.names[0]};
  const auto app = call.context.state().apps().find(ref);
  if (app == call.context.state().apps().end()) {
    co_await refuse(call, no_such("app", ref.app));
    co_return;
  }
  co_await answer(call, 200,
                  with_index(view_of(call.context, ref, app->second), call.context.state().revision()));
}

}  // namespace hancock::master::api
