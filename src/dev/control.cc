#include "dev/control.h"

#include <fmt/core.h>
#include <signal.h>
#include <string.h>

#include "base/signal_name.h"
#include "dev/cluster.h"
#include "dev/member.h"
#include "dev/session.h"
#include "dev/whole_node.h"

namespace hancock::dev {
namespace {

namespace fs = std::filesystem;

constexpr Duration kKillPatience = 10s;

Result<void> start_node(Session& session, WholeNode node) {
  if (node.is_on()) return fail(ErrorCode::kConflict, "{} is on already", node.name());
  if (auto on = node.power_on(); !on) return on;
  for (const std::string& member : node.members()) {
    auto entry = session.find(member);
    if (!entry) return forward_error(entry);
    if (auto started = start_member(session.cluster(), **entry); !started) return started;
  }
  return session.save();
}

Result<void> kill_node(Session& session, WholeNode node, int signal) {
  auto done = signal == SIGKILL ? node.power_off() : node.signal(signal);
  auto saved = session.save();
  return done ? saved : done;
}

Result<void> set_link(const fs::path& dir, const std::string& name, LinkState state) {
  auto session = Session::open(dir);
  if (!session) return forward_error(session);
  const auto n = WholeNode::number(session->cluster(), name);
  if (!n) {
    return fail(ErrorCode::kInvalid, "{}: a Node's name, node-1 to node-{}", name,
                session->cluster().shape.nodes);
  }
  return WholeNode(session->cluster(), *n).set_link(state);
}

}  // namespace

Result<void> start(const fs::path& dir, const std::string& name) {
  auto session = Session::open(dir);
  if (!session) return forward_error(session);
  if (const auto n = WholeNode::number(session->cluster(), name)) {
    return start_node(*session, WholeNode(session->cluster(), *n));
  }
  auto entry = session->find(name);
  if (!entry) return forward_error(entry);
  if (!(*entry)->pid_file.empty()) return fail(ErrorCode::kInvalid, "{}: its Master starts it", name);
  if ((*entry)->pid)
    return fail(ErrorCode::kConflict, "{} runs already, as process {}", name, *(*entry)->pid);
  if (auto started = start_member(session->cluster(), **entry); !started) return started;
  if ((*entry)->role == "master") session->await_children_of(name);
  return session->save();
}

Result<void> stop(const fs::path& dir, const std::string& name, Duration patience) {
  auto session = Session::open(dir);
  if (!session) return forward_error(session);
  auto entry = session->find(name);
  if (!entry) return forward_error(entry);
  const ProcessEntry stopped = **entry;
  if (auto asked = signal_member(stopped, SIGTERM); !asked) return asked;
  if (!wait_for_end(stopped, BootClock::now() + patience)) {
    if (auto killed = signal_member(stopped, SIGKILL);
        !killed && killed.error().code != ErrorCode::kNotFound) {
      return killed;
    }
    if (!wait_for_end(stopped, BootClock::now() + kKillPatience)) {
      return fail(ErrorCode::kTimeout, "{} (process {}) does not end", name, *stopped.pid);
    }
  }
  return session->save();
}

Result<void> kill(const fs::path& dir, const std::string& name, int signal) {
  auto session = Session::open(dir);
  if (!session) return forward_error(session);
  if (const auto n = WholeNode::number(session->cluster(), name)) {
    return kill_node(*session, WholeNode(session->cluster(), *n), signal);
  }
  auto entry = session->find(name);
  if (!entry) return forward_error(entry);
  const ProcessEntry target = **entry;
  if (auto sent = signal_member(target, signal); !sent) return sent;
  if (signal == SIGKILL && !wait_for_end(target, BootClock::now() + kKillPatience)) {
    return fail(ErrorCode::kTimeout, "{} (process {}) does not end", name, *target.pid);
  }
  return session->save();
}

Result<void> cut(const fs::path& dir, const std::string& node) {
  return set_link(dir, node, LinkState::kDown);
}
Result<void> join(const fs::path& dir, const std::string& node) {
  return set_link(dir, node, LinkState::kUp);
}

Result<int> parse_signal(const std::string& text) {
  if (const auto signal = hancock::parse_signal(text)) return *signal;
  return fail(ErrorCode::kInvalid, "--signal: {}: a name such as KILL, TERM, STOP, CONT, HUP, or a number",
              text);
}

Result<std::string> image(const fs::path& dir, const fs::path& folder, const std::string& name_and_tag,
                          const ImageSettings& settings) {
  if (auto ok = check_image_name(name_and_tag); !ok) return forward_error(ok);
  auto cluster = load_cluster(dir);
  if (!cluster) return forward_error(cluster);
  if (!*cluster) return fail(ErrorCode::kNotFound, "{} holds no cluster", dir.string());
  const std::string reference = fmt::format("{}/{}", (*cluster)->images_address(), name_and_tag);
  auto digest = push_image(folder, settings, reference, (*cluster)->layout().data());
  if (!digest) return forward_error(digest);
  return fmt::format("{}@{}", reference, *digest);
}

}  // namespace hancock::dev
