#include "agent/run_agent.h"

#include <link.h>
#include <malloc.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <string_view>

#include "agent/agent.h"
#include "base/file.h"
#include "base/log.h"
#include "io/process_signals.h"
#include "io/scope.h"

namespace hancock::agent {
namespace {

constexpr int kDone = 0;
constexpr int kFailed = 1;
constexpr int kRefused = 2;
constexpr Duration kStartUp = 5s;  // by then an Agent has done what it does once

Result<std::string> read_token(const std::string& path) {
  auto text = read_file(path, 64 << 10);
  if (!text) return forward_error(text, "--token-file");
  std::string token = text->substr(0, text->find('\n'));
  if (token.empty()) return fail(ErrorCode::kInvalid, "--token-file: {} holds no token", path);
  return token;
}

/// Each Task holds a few: its process, probes, who reads its log.
void allow_many_descriptors() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) log::warn("agent", "the limit of open files stays as it is");
}

/// Its threads mostly wait: no heap of its own for each of them.
void keep_memory_small() {
  constexpr int kArenasMax = 2;
  (void)::mallopt(M_ARENA_MAX, kArenasMax);
}

/// Pages of a program or library that are never written: they come back from the page cache when they are
/// needed.
int unmap_unwritten(dl_phdr_info* object, size_t, void*) {
  if (std::string_view(object->dlpi_name).starts_with("linux-vdso")) return 0;
  const auto page = static_cast<uintptr_t>(::sysconf(_SC_PAGESIZE));
  for (int i = 0; i < object->dlpi_phnum; ++i) {
    const auto& segment = object->dlpi_phdr[i];
    if (segment.p_type != PT_LOAD || (segment.p_flags & PF_W) != 0) continue;
    const uintptr_t begin = (object->dlpi_addr + segment.p_vaddr) & ~(page - 1);
    const uintptr_t end = (object->dlpi_addr + segment.p_vaddr + segment.p_memsz) & ~(page - 1);
    if (end > begin) (void)::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
  }
  return 0;
}

/// What only the start needed: of the heap, and of what was read of programs and libraries.
io::Async<void> give_back_after_start(io::Loop& loop) {
  co_await loop.sleep_for(kStartUp);
  ::malloc_trim(0);
  ::dl_iterate_phdr(unmap_unwritten, nullptr);
}

io::Async<void> run_until_signalled(Agent& agent, io::ProcessSignals& signals) {
  const auto number = co_await signals.next();
  log::info("agent", "ends on signal {}; its Tasks run on", number.value_or(0));
  agent.stop();
}

}  // namespace

int run_agent(const AgentOptions& options) {
  if (auto checked = check(options); !checked) {
    fmt::print(stderr, "{}\n", checked.error().message);
    return kRefused;
  }
  auto masters = Masters::parse(options.masters);
  if (!masters) {
    fmt::print(stderr, "{}\n", masters.error().message);
    return kRefused;
  }
  auto token = read_token(options.token_file);
  if (!token) {
    fmt::print(stderr, "{}\n", token.error().message);
    return kFailed;
  }
  allow_many_descriptors();
  keep_memory_small();
  io::Loop loop;
  io::ProcessSignals signals(loop, {SIGTERM, SIGINT});
  ::signal(SIGPIPE, SIG_IGN);
  Agent agent(loop, system_clock(), system_random(), options, std::move(*masters), std::move(*token));
  if (auto started = agent.start(); !started) {
    fmt::print(stderr, "{}\n", started.error().message);
    return kFailed;
  }
  io::Scope beside;
  beside.spawn(give_back_after_start(loop));
  loop.block_on(run_until_signalled(agent, signals));
  beside.cancel();
  return kDone;
}

}  // namespace hancock::agent
