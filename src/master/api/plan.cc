// POST plan: what a spec would do.
#include "master/api/handlers.h"
#include "master/api/spec_body.h"
#include "master/api/views.h"
#include "master/api/write.h"
#include "master/core/preview.h"
#include "model/enum_names.h"
#include "model/spec_diff.h"

namespace hancock::master::api {
namespace {

using Kind = ServicePreview::Kind;

std::string_view name_of_kind(Kind kind) {
  switch (kind) {
    case Kind::kCreate:
      return "create";
    case Kind::kUpdate:
      return "update";
    case Kind::kScale:
      return "scale";
    case Kind::kRemove:
      return "remove";
    case Kind::kNothing:
      return "nothing";
  }
  return "nothing";
}

void append_item(std::string& list, const std::string& item) {
  if (!list.empty()) list += ',';
  list += item;
}

std::string to_json(const ServicePreview& service) {
  std::string diff;
  if (service.kind == Kind::kUpdate || service.kind == Kind::kScale)
    diff = items_of_diff(model::diff_specs(service.before, service.after));
  std::string places;
  for (const auto& place : service.places)
    append_item(places,
                fmt::format(R"({{"node":{},"because":{}}})", quote(place.node), quote(place.because)));
  std::string stops;
  for (const auto& stop : service.stops)
    append_item(stops, fmt::format(R"({{"task":{},"node":{}}})", quote(stop.task), quote(stop.node)));
  return fmt::format(
      R"({{"change":"{}","from":{},"to":{},"strategy":"{}","diff":[{}],"place":[{}],"stop":[{}],"problem":{}}})",
      name_of_kind(service.kind), service.from, service.to, model::name_of(service.after.update().strategy()),
      diff, places, stops, quote(service.problem));
}

std::string to_json(const Preview& preview) {
  std::string services;
  for (const auto& [name, service] : preview)
    append_item(services, fmt::format("{}:{}", quote(name), to_json(service)));
  return "{\"services\":{" + services + "}}";
}

}  // namespace

io::Async<void> post_plan(Call& call) {
  auto body = co_await read_body(call);
  if (!body) {
    co_await refuse(call, std::move(body.error()));
    co_return;
  }
  const auto spec = co_await load_spec_aside(call, *body);
  if (!spec) {
    co_await refuse(call, spec.error());
    co_return;
  }
  if (auto problem = check_tenant(call, *spec)) {
    co_await refuse(call, std::move(*problem));
    co_return;
  }
  const State& state = call.context.state();
  const Contacts none(call.context.clock.now());
  const Contacts* contacts = call.context.reconciler.contacts();
  const auto preview = preview_spec(state, *spec, contacts ? *contacts : none, call.context.clock.now(),
                                    call.context.clock.wall(), call.context.random);
  if (!preview) {
    co_await refuse(call, problem_of(preview.error()));
    co_return;
  }
  co_await answer(call, 200, with_index(to_json(*preview), state.revision()));
}

}  // namespace hancock::master::api
