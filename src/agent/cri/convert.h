// Our specs as the interface's messages, and back. Pure; any thread.
#pragma once

#include "agent/cri/types.h"
#include "runtime.pb.h"

namespace hancock::agent::cri {

void fill(const SandboxSpec& spec, runtime::v1::PodSandboxConfig& config);
void fill(const ContainerSpec& spec, runtime::v1::ContainerConfig& config);

RuntimeStatus from(const runtime::v1::RuntimeStatus& status);
SandboxStatus from(const runtime::v1::PodSandboxStatus& status);
SandboxStatus from(const runtime::v1::PodSandbox& sandbox);
/// Of a verbose answer; 0: it does not say.
int pid_of(const runtime::v1::PodSandboxStatusResponse& response);
Container from(const runtime::v1::Container& container);
ContainerStatus from(const runtime::v1::ContainerStatusResponse& response);
Image from(const runtime::v1::Image& image);

}  // namespace hancock::agent::cri
