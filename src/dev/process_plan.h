// Process plan: which processes a cluster consists of, and with which arguments each is started. Pure.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "dev/cluster.h"
#include "dev/process_table.h"

namespace hancock::dev {

/// Where our own two programs lie.
struct OwnPrograms {
  std::filesystem::path hancock;
  std::filesystem::path slardar;
};

/// Every entry in the order of starting, none with a pid.
ProcessTable plan_processes(const Cluster& cluster, const OwnPrograms& programs);

/// docker-registry's config: files in the cluster's folder, no log of requests.
std::string render_images_config(const Cluster& cluster);
std::filesystem::path images_config(const Cluster& cluster);

/// Tokens that the first Master writes at bootstrap.
std::filesystem::path operator_token(const Cluster& cluster);
std::filesystem::path agent_token(const Cluster& cluster);

}  // namespace hancock::dev
