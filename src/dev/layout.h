// Layout: where a cluster keeps what in its folder D. Everything that `dev up` makes in D lies at one of
// these paths.
#pragma once

#include <filesystem>
#include <string>

namespace hancock::dev {

class Layout {
 public:
  /// `dir` is absolute.
  explicit Layout(std::filesystem::path dir) : dir_(std::move(dir)) {}

  const std::filesystem::path& dir() const { return dir_; }
  std::filesystem::path env() const { return dir_ / "env"; }
  std::filesystem::path processes() const { return dir_ / "processes.json"; }
  std::filesystem::path cluster() const { return dir_ / "cluster.json"; }
  std::filesystem::path lock() const { return dir_ / "lock"; }
  std::filesystem::path logs() const { return dir_ / "logs"; }
  std::filesystem::path log(const std::string& process) const { return logs() / (process + ".log"); }
  /// All else, one folder a member: images, etcd-1, master-1, node-1, gateway-1.
  std::filesystem::path data() const { return dir_ / "data"; }
  std::filesystem::path data(const std::string& member) const { return data() / member; }

 private:
  std::filesystem::path dir_;
};

/// What one Node keeps in its folder.
class NodeLayout {
 public:
  explicit NodeLayout(std::filesystem::path dir) : dir_(std::move(dir)) {}

  const std::filesystem::path& dir() const { return dir_; }
  std::filesystem::path agent() const { return dir_ / "agent"; }
  /// Stands for the kernel's boot id: a Node that was killed whole has another one when it is started again.
  std::filesystem::path boot_id() const { return dir_ / "boot_id"; }
  std::filesystem::path containerd_config() const { return dir_ / "containerd.toml"; }
  std::filesystem::path containerd_root() const { return dir_ / "containerd"; }
  std::filesystem::path containerd_state() const { return dir_ / "state"; }
  std::filesystem::path runc_root() const { return dir_ / "runc"; }
  std::filesystem::path cni_config() const { return dir_ / "cni" / "net.d"; }
  std::filesystem::path cni_state() const { return dir_ / "cni" / "state"; }
  /// One folder with a hosts.toml for each name of an image registry.
  std::filesystem::path image_hosts() const { return dir_ / "image-hosts"; }

 private:
  std::filesystem::path dir_;
};

}  // namespace hancock::dev
