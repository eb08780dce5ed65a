// MasterOptions: how a Master was told to run, and how it remembers that in DATA/master.json.
//
// The first start says everything; later ones need no more than the folder. Values only; any thread.
#pragma once

#include <filesystem>
#include <string>

#include "base/error.h"

namespace hancock::master {

struct MasterOptions {
  std::filesystem::path data;
  std::string name = {};         // of this Master and of its etcd member
  std::string listen = {};       // API: host:port
  std::string etcd_client = {};  // loopback only: the brain and nobody else
  std::string etcd_peer = {};
  bool bootstrap = false;  // this Master makes the cluster, its tokens and the tenant `default`
};

inline constexpr std::string_view kDefaultMasterName = "master-1";

/// What master.json holds. Errors: kNotFound when there is none, kInvalid when it cannot be read.
Result<MasterOptions> load_options(const std::filesystem::path& data);
Result<void> save_options(const MasterOptions& options);

/// What a start runs with: what was `given` over what was remembered (`remembered` empty: a first start),
/// checked. Errors: kInvalid with the flag as field, kConflict for what a member cannot change.
Result<MasterOptions> settle_options(MasterOptions given, const MasterOptions* remembered);

}  // namespace hancock::master
