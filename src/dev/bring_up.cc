#include "dev/bring_up.h"

#include <fmt/core.h>

#include <filesystem>

#include "base/file.h"
#include "dev/containerd_config.h"
#include "dev/env_file.h"
#include "dev/free_ports.h"
#include "dev/member.h"
#include "dev/network.h"
#include "dev/pause_image.h"
#include "dev/whole_node.h"

namespace hancock::dev {
namespace {

namespace fs = std::filesystem;

Result<void> make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return tl::unexpected(errno_error(error.value(), folder.string()));
  return {};
}

std::string trimmed(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  return text;
}

int number_of(const ProcessEntry& entry) { return std::stoi(entry.name.substr(entry.name.rfind('-') + 1)); }

fs::path pause_archive(const Cluster& cluster) { return cluster.layout().data() / "pause.tar"; }

}  // namespace

BringUp::BringUp(Cluster& cluster, OwnPrograms programs, TimePoint deadline, Interrupt& interrupt,
                 std::function<void(const std::string&)> report)
    : cluster_(cluster),
      programs_(std::move(programs)),
      ready_(deadline, interrupt),
      report_(std::move(report)) {}

template <class F>
Result<void> BringUp::for_each(const std::string& role, F visit) {
  for (ProcessEntry& entry : table_.entries) {
    if (entry.role != role) continue;
    if (Result<void> done = visit(entry); !done) return done;
  }
  return {};
}

Result<void> BringUp::run() {
  for (const auto step :
       {&BringUp::make_networks, &BringUp::write_files, &BringUp::start_base, &BringUp::await_base,
        &BringUp::start_nodes, &BringUp::start_gateways, &BringUp::await_all}) {
    if (auto done = (this->*step)(); !done) return done;
  }
  return {};
}

Result<void> BringUp::make_networks() {
  const AddressPlan plan = cluster_.plan();
  if (auto made = create_host_network(plan, cluster_.shape.masters); !made) return made;
  for (int n = 1; n <= cluster_.shape.nodes; ++n) {
    if (auto made = create_node_network(plan, n); !made) return made;
  }
  auto ports = choose_ports(cluster_);
  if (!ports) return forward_error(ports);
  cluster_.ports = *ports;
  if (auto saved = save_cluster(cluster_); !saved) return saved;
  table_ = plan_processes(cluster_, programs_);
  return {};
}

Result<void> BringUp::write_files() {
  if (auto made = make_folder(cluster_.layout().logs()); !made) return made;
  if (auto made = make_folder(images_config(cluster_).parent_path()); !made) return made;
  if (auto written = write_file(images_config(cluster_), render_images_config(cluster_)); !written)
    return written;
  for (const ProcessEntry& entry : table_.entries) {
    const bool own_folder = entry.role == "etcd" || entry.role == "master" || entry.role == "gateway";
    if (!own_folder || !entry.pid_file.empty()) continue;
    const fs::path folder = cluster_.layout().data(entry.name);
    if (auto made = make_folder(folder); !made) return made;
    fs::permissions(folder, fs::perms::owner_all);  // etcd insists
  }
  if (auto linked = link_masters_logs(); !linked) return linked;
  for (int n = 1; n <= cluster_.shape.nodes; ++n) {
    if (auto written = write_containerd_files(cluster_, n); !written) return written;
    if (auto written = write_boot_id(cluster_, n); !written) return written;
  }
  if (cluster_.shape.nodes == 0) return {};
  return write_pause_archive(pause_archive(cluster_), cluster_.layout().data());
}

// A Master's etcd logs into the Master's folder: let that be a link to where all logs are.
Result<void> BringUp::link_masters_logs() {
  return for_each("etcd", [&](const ProcessEntry& entry) -> Result<void> {
    if (entry.pid_file.empty()) return {};
    const fs::path link = fs::path(entry.pid_file).parent_path() / "etcd.log";
    std::error_code error;
    fs::create_symlink(entry.log, link, error);
    if (error) return tl::unexpected(errno_error(error.value(), link.string()));
    return {};
  });
}

Result<void> BringUp::start_role(const std::string& role) {
  auto started = for_each(role, [&](ProcessEntry& entry) -> Result<void> {
    if (!entry.pid_file.empty()) return {};
    return start_member(cluster_, entry);
  });
  auto saved = save_process_table(cluster_.layout(), table_);
  return started ? saved : started;
}

Result<void> BringUp::start_base() {
  for (const char* role : {"images", "etcd", "master", "containerd"}) {
    if (auto started = start_role(role); !started) return started;
  }
  return {};
}

Result<void> BringUp::await_base() {
  if (auto ok = ready_.until_answers(*table_.find("images"), cluster_.images_address(), "/v2/"); !ok)
    return ok;
  if (cluster_.shape.masters > 0) {
    if (auto ok = await_master(); !ok) return ok;
  } else {
    const ProcessEntry& etcd = *table_.find("etcd-1");
    if (auto ok = ready_.until_answers(etcd, etcd.address, "/health"); !ok) return ok;
  }
  report_(
      fmt::format("images at {}, etcd at {}", cluster_.images_address(), cluster_.etcd_client_address(1)));
  return {};
}

// Its tokens are there and it leads.
Result<void> BringUp::await_master() {
  const ProcessEntry& master = *table_.find("master-1");
  auto ok = ready_.until(master, [&]() -> Result<void> {
    auto token = read_file(operator_token(cluster_));
    if (!token) return forward_error(token);
    token_ = trimmed(*token);
    auto agents = read_file(agent_token(cluster_));
    if (!agents) return forward_error(agents);
    return {};
  });
  if (!ok) return ok;
  if (ok = ready_.until_answers(master, master.address, "/readyz"); !ok) return ok;
  report_(fmt::format("master-1 leads at {}", master.address));
  return {};
}

Result<void> BringUp::start_nodes() {
  auto imported = for_each("containerd", [&](const ProcessEntry& entry) {
    const std::string socket = cluster_.plan().containerd_socket(number_of(entry));
    return ready_.until(entry, [&] { return import_pause_image(socket, pause_archive(cluster_)); });
  });
  if (!imported) return imported;
  return start_role("agent");
}

Result<void> BringUp::start_gateways() {
  if (auto saved = save_env(cluster_, token_); !saved) return saved;
  return start_role("gateway");
}

Result<void> BringUp::await_all() {
  auto gateways = for_each("gateway", [&](const ProcessEntry& entry) {
    return ready_.until_answers(entry, cluster_.gateway_admin_address(number_of(entry)), "/readyz");
  });
  if (!gateways) return gateways;
  if (cluster_.shape.masters > 0) {
    auto nodes = ready_.until_nodes_ready(cluster_, *table_.find("master-1"), token_);
    if (!nodes) return nodes;
  }
  refresh(table_);  // a Master's etcd has its pid by now
  report_(fmt::format("{} nodes and {} gateways are ready", cluster_.shape.nodes, cluster_.shape.gateways));
  return save_process_table(cluster_.layout(), table_);
}

}  // namespace hancock::dev
