#include "master/core/events.h"

#include "model/time.h"

namespace hancock::master {
namespace {

model::Event event(std::string_view kind, WallTime wall, std::string_view message) {
  model::Event event;
  event.set_kind(std::string(kind));
  event.set_message(std::string(message));
  *event.mutable_time() = model::to_proto(wall);
  return event;
}

void set_service(model::Event& event, const ServiceRef& service) {
  event.set_tenant(service.tenant);
  event.set_app(service.app);
  event.set_service(service.service);
}

}  // namespace

model::Event event_of(std::string_view kind, const model::Task& task, WallTime wall) {
  model::Event out = event(kind, wall, task.message());
  set_service(out, service_of(task));
  out.set_version(task.version());
  out.set_task(task.id());
  out.set_node(task.node());
  out.set_deployment(task.deployment());
  if (task.restarts() > 0) (*out.mutable_figures())["restarts"] = task.restarts();
  if (task.has_exit()) {
    (*out.mutable_figures())["exit_code"] = task.exit().code();
    if (task.exit().signal() != 0) (*out.mutable_figures())["signal"] = task.exit().signal();
    if (task.exit().oom()) out.set_cause("oom");
  }
  return out;
}

model::Event event_of(std::string_view kind, const model::Deployment& deployment, WallTime wall) {
  model::Event out = event(kind, wall, deployment.message());
  set_service(out, service_of(deployment));
  out.set_version(deployment.to_version());
  out.set_deployment(deployment.id());
  (*out.mutable_figures())["from_version"] = deployment.from_version();
  (*out.mutable_figures())["wanted"] = deployment.wanted();
  (*out.mutable_figures())["ready"] = deployment.ready();
  return out;
}

model::Event event_of(std::string_view kind, const model::Node& node, WallTime wall) {
  model::Event out = event(kind, wall, {});
  out.set_node(node.name());
  return out;
}

model::Event event_of(std::string_view kind, const model::Site& site, std::string_view cause,
                      std::string_view message, WallTime wall) {
  model::Event out = event(kind, wall, "site " + site.name() + ": " + std::string(message));
  out.set_cause(std::string(cause));
  return out;
}

model::Event event_of(std::string_view kind, const ServiceRef& service, WallTime wall,
                      std::string_view message) {
  model::Event out = event(kind, wall, message);
  set_service(out, service);
  return out;
}

}  // namespace hancock::master
