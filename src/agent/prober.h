// Prober: asks a Task whether it is well: by HTTP, by TCP, or by a command in its container. Loop's thread.
#pragma once

#include <string>

#include "agent/container_commands.h"
#include "agent/pods.h"
#include "hancock/spec.pb.h"
#include "http/client.h"

namespace hancock::agent {

struct ProbeAnswer {
  bool passed = false;
  std::string message;  // what was seen instead
};

class Prober {
 public:
  explicit Prober(Runtime& runtime)
      : runtime_(runtime),
        client_(runtime.loop()),
        commands_(runtime, Runtime::Lane::kProbe, kCommandsOfATenant) {}

  /// One probe of `pod`, at its own address and container port. Never longer than the probe's timeout, the
  /// wait for its turn included, but for the time a runtime takes to end a command.
  io::Async<ProbeAnswer> ask(model::ProbeSpec probe, std::string tenant, Pod pod, Duration timeout);

 private:
  static constexpr size_t kCommandsOfATenant = 2;  // at the same time

  io::Async<ProbeAnswer> ask_http(model::ProbeSpec::Http probe, Pod pod, TimePoint deadline);
  io::Async<ProbeAnswer> ask_tcp(model::ProbeSpec::Tcp probe, Pod pod, TimePoint deadline);
  io::Async<ProbeAnswer> ask_exec(model::ProbeSpec::Exec probe, std::string tenant, Pod pod,
                                  TimePoint deadline);

  Runtime& runtime_;
  http::Client client_;
  ContainerCommands commands_;
};

}  // namespace hancock::agent
