#include "master/etcd_member.h"

namespace hancock::master {

std::vector<std::string> etcd_command(const MasterOptions& options, const DataPaths& paths) {
  const std::string client = "http://" + options.etcd_client;
  const std::string peer = "http://" + options.etcd_peer;
  return {
      "etcd",
      "--name=" + options.name,
      "--data-dir=" + paths.etcd().string(),
      "--listen-client-urls=" + client,
      "--advertise-client-urls=" + client,
      "--listen-peer-urls=" + peer,
      "--initial-advertise-peer-urls=" + peer,
      "--initial-cluster=" + options.name + "=" + peer,
      "--initial-cluster-state=new",
      "--heartbeat-interval=50",
      "--election-timeout=500",
      "--pre-vote",
      // A mirror that was away for longer lists again; history is for watches, not for people.
      "--auto-compaction-mode=periodic",
      "--auto-compaction-retention=10m",
      "--quota-backend-bytes=2147483648",
      "--max-request-bytes=2097152",
      "--logger=zap",
      "--log-level=warn",
  };
}

}  // namespace hancock::master
