#include "dev/machine.h"

#include <fmt/core.h>

#include "base/file.h"

namespace hancock::test {

namespace fs = std::filesystem;

std::string shell(const std::string& command) {
  auto output = run_command({.argv = {"sh", "-c", command}});
  if (!output) return output.error().message;
  return output->status.ok() ? output->out : output->status.describe() + ": " + output->err;
}

DevCluster::~DevCluster() { run("down"); }

std::vector<std::string> DevCluster::argv(const std::string& verb, std::vector<std::string> more) const {
  std::vector<std::string> result = {HANCOCK_PROGRAM, "dev", verb, "--dir", dir_};
  result.insert(result.end(), more.begin(), more.end());
  return result;
}

CommandOutput DevCluster::run(const std::string& verb, std::vector<std::string> more) const {
  auto output = run_command({.argv = argv(verb, std::move(more)), .timeout = std::chrono::minutes(3)});
  if (output) return *output;
  CommandOutput failed;
  failed.status.code = -1;
  failed.err = output.error().message;
  return failed;
}

std::string DevCluster::env(const std::string& key) const {
  return shell(fmt::format(". '{}/env' && printf %s \"${}\"", dir_.string(), key));
}

nlohmann::json DevCluster::processes() const {
  const auto text = read_file(dir_ / "processes.json");
  return text ? nlohmann::json::parse(*text, nullptr, false) : nlohmann::json();
}

nlohmann::json DevCluster::process(const std::string& name) const {
  for (const auto& entry : processes()) {
    if (entry["name"] == name) return entry;
  }
  return nullptr;
}

std::string DevCluster::index() const {
  const std::string images = env("HANCOCK_IMAGES");  // 198.18.N.1:5000
  const size_t begin = std::string_view("198.18.").size();
  return images.substr(begin, images.find('.', begin) - begin);
}

std::string DevCluster::containerd_socket(int node) const {
  return fmt::format("/run/hancock-dev/{}/node-{}.sock", index(), node);
}

void DevCluster::run_container(int node, const std::string& image, const std::string& id) const {
  const std::string ctr = fmt::format("ctr --address {} --namespace k8s.io", containerd_socket(node));
  const std::string out =
      shell(fmt::format("nsenter --net=/run/netns/hancock-{1}-node-{2} {0} images pull --plain-http {3} && "
                        "{0} run --detach --null-io --runc-root {5}/data/node-{2}/runc --cgroup "
                        "/hancock-{1}/node-{2}/{4}/{4} {3} {4}",
                        ctr, index(), node, image, id, dir_.string()));
  if (out.find("done") == std::string::npos) fmt::print(stderr, "{}\n", out);
}

std::string left_on_machine(const fs::path& dir, const std::string& index) {
  return shell(
      fmt::format("grep -F ' {0}/' /proc/self/mountinfo;"
                  "ip -o link show | grep -E ' hk{1}(n[0-9]+)?[@:]';"
                  "ip netns list | grep -E '^hancock-{1}-';"
                  "ip -o addr show | grep -F ' 198.18.{1}.';"
                  "find /sys/fs/cgroup -type d -name 'hancock-{1}';"
                  "find /var/lib/cni /run/hancock-dev 2>/dev/null | grep -E 'hancock-{1}-|/{1}(/|$)';"
                  "grep -sclzE '^HANCOCK_DEV={1}:' /proc/[0-9]*/environ;"
                  "ps -eo pid,stat,args | grep -F '{0}' | grep -vE 'grep| Z';"
                  "true",
                  dir.string(), index));
}

}  // namespace hancock::test
