// GET tasks/ID/why, services/APP/SERVICE/why: how it stands, and what led there.
#include "master/core/why.h"

#include "master/api/call.h"
#include "master/api/handlers.h"
#include "model/json.h"

namespace hancock::master::api {
namespace {

Asked asked_by(const Call& call) {
  Context& context = call.context;
  return {context.state(), context.reconciler.contacts(), context.clock.now(), context.clock.wall()};
}

std::string text_of(const Call& call, const model::Why& why) {
  return with_index(model::to_json(why), call.context.state().revision());
}

}  // namespace

io::Async<void> get_task_why(Call& call) {
  const auto why = why_task(asked_by(call), call.names[0]);
  if (!why) {
    co_await refuse(call, no_such("task", call.names[0]));
    co_return;
  }
  co_await answer(call, 200, text_of(call, *why));
}

io::Async<void> get_service_why(Call& call) {
  const ServiceRef ref = call.service();
  const auto& waiting = call.context.reconciler.waiting();
  const auto waits = waiting.find(ref);
  const auto why = why_service(asked_by(call), ref, waits == waiting.end() ? "" : waits->second);
  if (!why) {
    co_await refuse(call, no_such("service", ref.app + "/" + ref.service));
    co_return;
  }
  co_await answer(call, 200, text_of(call, *why));
}

}  // namespace hancock::master::api
