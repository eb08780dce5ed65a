#include "base/process.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

extern "C" {  // glibc 2.36 forgets to say so in this header
#include <sys/pidfd.h>
}

namespace hancock {
namespace {

enum class Step : int { kNamespace, kDirectory, kDescriptors, kExec };

constexpr std::string_view step_name(Step step) {
  switch (step) {
    case Step::kNamespace:
      return "enter its network namespace";
    case Step::kDirectory:
      return "enter its directory";
    case Step::kDescriptors:
      return "arrange its descriptors";
    case Step::kExec:
      return "execute";
  }
  return "start";
}

// What the child reports through a close-on-exec pipe when it cannot become the program.
struct Failure {
  Step step;
  int error_number;
};

// All that the child needs, made before fork(): between fork and exec only async-signal-safe calls are
// allowed.
struct Plan {
  std::string program;
  std::vector<char*> argv;
  std::vector<char*> env;
  const char* directory = nullptr;
  int network_namespace = -1;
  int death_signal = 0;
  pid_t parent = 0;
  int standard[3] = {-1, -1, -1};  // what becomes stdin, stdout, stderr; -1: stays
  int report = -1;
};

std::vector<char*> pointers(const std::vector<std::string>& strings) {
  std::vector<char*> result;
  result.reserve(strings.size() + 1);
  for (const std::string& string : strings) result.push_back(const_cast<char*>(string.c_str()));
  result.push_back(nullptr);
  return result;
}

std::vector<std::string> merged_env(const std::vector<std::string>& added) {
  std::vector<std::string> result = added;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view name_and_sign = std::string_view(*entry).substr(0, std::strcspn(*entry, "=") + 1);
    bool replaced = false;
    for (const std::string& other : added) replaced = replaced || other.starts_with(name_and_sign);
    if (!replaced) result.emplace_back(*entry);
  }
  return result;
}

// The kernel is asked itself: glibc's sigaction() refuses the two signals that it keeps for its threads, and
// a parent may have left them ignored.
void reset_signals() {
  struct {
    void (*handler)(int) = SIG_DFL;
    unsigned long flags = 0;
    void (*restorer)() = nullptr;
    unsigned long mask = 0;
  } by_default;
  for (int number = 1; number < NSIG; ++number)
    syscall(SYS_rt_sigaction, number, &by_default, nullptr, sizeof by_default.mask);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
}

bool arrange_descriptors(const Plan& plan) {
  for (int target = 0; target < 3; ++target) {
    if (plan.standard[target] >= 0 && dup2(plan.standard[target], target) < 0) return false;
  }
  return close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) == 0;
}

[[noreturn]] void run_child(const Plan& plan) {
  const auto give_up = [&](Step step) {
    const Failure failure{step, errno};
    [[maybe_unused]] const ssize_t written = write(plan.report, &failure, sizeof failure);
    _exit(127);
  };
  setsid();
  if (plan.death_signal != 0) {
    prctl(PR_SET_PDEATHSIG, plan.death_signal);
    if (getppid() != plan.parent) _exit(127);  // the parent went before we could ask
  }
  if (plan.network_namespace >= 0 && setns(plan.network_namespace, CLONE_NEWNET) != 0)
    give_up(Step::kNamespace);
  if (plan.directory != nullptr && chdir(plan.directory) != 0) give_up(Step::kDirectory);
  if (!arrange_descriptors(plan)) give_up(Step::kDescriptors);
  reset_signals();
  execve(plan.program.c_str(), plan.argv.data(), plan.env.data());
  give_up(Step::kExec);
  std::abort();
}

// Signals stay blocked from before fork until the child has reset its handlers, so that none of ours runs
// there.
pid_t fork_child(const Plan& plan) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  const pid_t pid = fork();
  if (pid == 0) run_child(plan);
  const int error_number = errno;
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = error_number;
  return pid;
}

}  // namespace

Result<Process> Process::start(const SpawnOptions& options, Standard standard) {
  if (options.argv.empty()) return fail(ErrorCode::kInvalid, "no program to start");
  auto program = find_program(options.argv.front());
  if (!program) return forward_error(program);
  int report[2];
  if (pipe2(report, O_CLOEXEC) != 0) return tl::unexpected(errno_error(errno, "pipe"));
  UniqueFd report_read(report[0]);
  UniqueFd report_write(report[1]);

  const std::vector<std::string> env = merged_env(options.env);
  Plan plan;
  plan.program = program->string();
  plan.argv = pointers(options.argv);
  plan.env = pointers(env);
  plan.directory = options.directory.empty() ? nullptr : options.directory.c_str();
  plan.network_namespace = options.network_namespace;
  plan.death_signal = options.death_signal;
  plan.parent = getpid();
  plan.standard[0] = standard.in;
  plan.standard[1] = standard.out;
  plan.standard[2] = standard.err;
  plan.report = report_write.get();

  const pid_t pid = fork_child(plan);
  if (pid < 0) return tl::unexpected(errno_error(errno, fmt::format("fork for {}", options.argv.front())));
  UniqueFd pidfd(pidfd_open(pid, 0));
  const int pidfd_error = errno;
  report_write.reset();
  Failure failure{};
  ssize_t got;
  while ((got = read(report_read.get(), &failure, sizeof failure)) < 0 && errno == EINTR) {
  }
  if (got == sizeof failure) {
    waitpid(pid, nullptr, 0);
    return tl::unexpected(errno_error(
        failure.error_number, fmt::format("{}: cannot {}", options.argv.front(), step_name(failure.step))));
  }
  if (!pidfd) {
    kill(pid, SIGKILL);
    waitpid(pid, nullptr, 0);
    return tl::unexpected(errno_error(pidfd_error, "pidfd_open"));
  }
  return Process(pid, std::move(pidfd));
}

std::string ExitStatus::describe() const {
  if (signal != 0) return fmt::format("signal {} ({})", signal, strsignal(signal));
  return fmt::format("exit code {}", code);
}

Result<Process> Process::spawn(const SpawnOptions& options) {
  UniqueFd null(open("/dev/null", O_RDONLY | O_CLOEXEC));
  if (!null) return tl::unexpected(errno_error(errno, "/dev/null"));
  UniqueFd log;
  if (!options.log.empty()) {
    log.reset(open(options.log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
    if (!log) return tl::unexpected(errno_error(errno, options.log.string()));
  }
  return start(options, {null.get(), log.get(), log.get()});
}

Result<void> Process::send_signal(int number) const {
  if (reaped_) return fail(ErrorCode::kNotFound, "process {} has ended", pid_);
  if (pidfd_send_signal(pidfd_.get(), number, nullptr, 0) != 0) {
    return tl::unexpected(errno_error(errno, fmt::format("signal {} to process {}", number, pid_)));
  }
  return {};
}

Result<ExitStatus> Process::wait(TimePoint deadline) {
  while (!reaped_) {
    pollfd entry{pidfd_.get(), POLLIN, 0};
    const int ready = poll(&entry, 1, poll_timeout_ms(deadline));
    if (ready == 0 && BootClock::now() >= deadline) {
      return fail(ErrorCode::kTimeout, "process {} still runs", pid_);
    }
    if (ready <= 0) continue;
    int status = 0;
    const pid_t got = waitpid(pid_, &status, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return tl::unexpected(errno_error(errno, fmt::format("wait for process {}", pid_)));
    reaped_ = true;
    if (WIFEXITED(status)) status_.code = WEXITSTATUS(status);
    if (WIFSIGNALED(status)) status_.signal = WTERMSIG(status);
  }
  return status_;
}

Result<std::filesystem::path> find_program(std::string_view name) {
  if (name.find('/') != std::string_view::npos) return std::filesystem::path(name);
  const char* path = std::getenv("PATH");
  const std::string folders =
      fmt::format("{}:/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin", path != nullptr ? path : "");
  size_t begin = 0;
  while (begin <= folders.size()) {
    const size_t end = std::min(folders.find(':', begin), folders.size());
    const std::filesystem::path candidate = std::filesystem::path(folders.substr(begin, end - begin)) / name;
    std::error_code ignored;
    if (end > begin && std::filesystem::is_regular_file(candidate, ignored) &&
        access(candidate.c_str(), X_OK) == 0) {
      return candidate;
    }
    begin = end + 1;
  }
  return fail(ErrorCode::kNotFound, "{}: no such program in PATH", name);
}

}  // namespace hancock
