#include "model/spec_parts.h"

namespace hancock::model::spec {

const Schema<ResourcesSpec>& resources_schema() {
  constexpr uint64_t kMi = 1ULL << 20;
  constexpr uint64_t kTi = 1ULL << 40;
  constexpr uint64_t kCpuMax = 1'000'000;  // a thousand cores
  static const Schema<ResourcesSpec> schema({
      defaulted("cpu", cpu(1, kCpuMax), "100m", &ResourcesSpec::set_cpu_millis),
      // The kernel's shortest quota is 1 ms in its period of 100 ms.
      optional("cpu_limit", cpu(10, kCpuMax), &ResourcesSpec::set_cpu_limit_millis),
      // Below that the runtime itself does not start.
      defaulted("memory", size(4 * kMi, 64 * kTi), "128Mi", &ResourcesSpec::set_memory_bytes),
      defaulted("pids", whole_number(8, 4'194'304), "256", &ResourcesSpec::set_pids),
      not_yet<ResourcesSpec>("disk"),
      not_yet<ResourcesSpec>("files"),
      not_yet<ResourcesSpec>("bandwidth_in", "none"),
      not_yet<ResourcesSpec>("bandwidth_out", "none"),
  });
  return schema;
}

}  // namespace hancock::model::spec
