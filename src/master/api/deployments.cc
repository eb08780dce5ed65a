// GET deployments, deployments/ID.
#include <algorithm>

#include "master/api/call.h"
#include "master/api/handlers.h"
#include "model/json.h"
#include "model/time.h"

namespace hancock::master::api {

io::Async<void> list_deployments(Call& call) {
  const auto app = call.request().parameter("app");
  const auto service = call.request().parameter("service");
  std::vector<const model::Deployment*> found;
  for (const auto& [id, deployment] : call.context.state().deployments()) {
    const model::Deployment& record = deployment.value;
    if (record.tenant() != call.tenant || (app && record.app() != *app)) continue;
    if (service && record.service() != *service) continue;
    found.push_back(&record);
  }
  std::stable_sort(found.begin(), found.end(), [](const auto* a, const auto* b) {
    return model::from_proto(a->created_at()) < model::from_proto(b->created_at());
  });
  std::vector<std::string> items;
  for (const auto* deployment : found) items.push_back(model::to_json(*deployment));
  co_await answer(call, 200, list_of(items, call.context.state().revision()));
}

io::Async<void> get_deployment(Call& call) {
  const auto* deployment = call.context.state().deployment(call.names[0]);
  if (deployment == nullptr) {
    co_await refuse(call, no_such("deployment", call.names[0]));
    co_return;
  }
  co_await answer(call, 200, with_index(model::to_json(deployment->value), call.context.state().revision()));
}

}  // namespace hancock::master::api
