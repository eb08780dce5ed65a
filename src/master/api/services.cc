// GET services, services/APP/SERVICE.
#include "master/api/call.h"
#include "master/api/handlers.h"
#include "master/api/views.h"

namespace hancock::master::api {
namespace {

std::string view_of(const Context& context, const ServiceRef& ref, const Stored<model::Service>& service) {
  const auto& waiting = context.reconciler.waiting();
  const auto why = waiting.find(ref);
  return service_view(context.state(), service, why == waiting.end() ? "" : why->second);
}

Problem no_service(const ServiceRef& ref) { return no_such("service", ref.app + "/" + ref.service); }

}  // namespace

io::Async<void> list_services(Call& call) {
  const auto app = call.request().parameter("app");
  const auto service = call.request().parameter("service");
  std::vector<std::string> items;
  for (const auto& [ref, stored] : call.context.state().services()) {
    if (ref.tenant != call.tenant || (app && ref.app != *app) || (service && ref.service != *service))
      continue;
    items.push_back(view_of(call.context, ref, stored));
  }
  co_await answer(call, 200, list_of(items, call.context.state().revision()));
}

io::Async<void> get_service(Call& call) {
  const ServiceRef ref = call.service();
  const auto* service = call.context.state().service(ref);
  if (service == nullptr) {
    co_await refuse(call, no_service(ref));
    co_return;
  }
  co_await answer(call, 200,
                  with_index(view_of(call.context, ref, *service), call.context.state().revision()));
}

}  // namespace hancock::master::api
