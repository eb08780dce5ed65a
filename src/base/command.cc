#include "base/command.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>
#include <string_view>

namespace hancock {
namespace {

// One end of a pipe to the child.
struct Channel {
  UniqueFd ours;
  UniqueFd theirs;
};

enum class Flow { kToChild, kFromChild };

Result<Channel> make_channel(Flow flow) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return tl::unexpected(errno_error(errno, "pipe"));
  Channel channel{UniqueFd(ends[flow == Flow::kToChild ? 1 : 0]),
                  UniqueFd(ends[flow == Flow::kToChild ? 0 : 1])};
  fcntl(channel.ours.get(), F_SETFL, O_NONBLOCK);
  return channel;
}

// Reads what there is; closes `fd` at the end of the stream.
Result<void> drain(UniqueFd& fd, std::string& into, size_t limit_bytes) {
  char buffer[16384];
  for (;;) {
    const ssize_t got = read(fd.get(), buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EAGAIN) return {};
    if (got <= 0) {
      fd.reset();
      return {};
    }
    into.append(buffer, static_cast<size_t>(got));
    if (into.size() > limit_bytes)
      return fail(ErrorCode::kTooLarge, "more than {} bytes of output", limit_bytes);
  }
}

void feed(UniqueFd& fd, std::string_view& rest) {
  while (!rest.empty()) {
    const ssize_t put = write(fd.get(), rest.data(), rest.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0 && errno == EAGAIN) return;
    if (put < 0) break;  // it does not want to read
    rest.remove_prefix(static_cast<size_t>(put));
  }
  fd.reset();
}

struct Exchange {
  UniqueFd in;
  UniqueFd out;
  UniqueFd err;
  std::string_view input;

  // Moves bytes until the child has closed both of its outputs.
  Result<void> run(CommandOutput& output, size_t limit_bytes, TimePoint deadline) {
    while (out || err) {
      pollfd entries[3] = {{out.get(), POLLIN, 0}, {err.get(), POLLIN, 0}, {in.get(), POLLOUT, 0}};
      const int ready = poll(entries, 3, poll_timeout_ms(deadline));
      if (ready == 0 && BootClock::now() >= deadline) return fail(ErrorCode::kTimeout, "it took too long");
      if (ready <= 0) continue;
      if (entries[0].revents != 0) {
        if (auto read = drain(out, output.out, limit_bytes); !read) return read;
      }
      if (entries[1].revents != 0) {
        if (auto read = drain(err, output.err, limit_bytes); !read) return read;
      }
      if (entries[2].revents != 0) feed(in, input);
    }
    return {};
  }
};

std::string_view last_line(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.remove_suffix(1);
  const size_t newline = text.rfind('\n');
  return newline == std::string_view::npos ? text : text.substr(newline + 1);
}

// A child that has gone must not end us with SIGPIPE while we write to it.
class SigpipeBlocked {
 public:
  SigpipeBlocked() {
    sigemptyset(&sigpipe_);
    sigaddset(&sigpipe_, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &sigpipe_, &before_);
  }
  SigpipeBlocked(const SigpipeBlocked&) = delete;
  SigpipeBlocked& operator=(const SigpipeBlocked&) = delete;
  ~SigpipeBlocked() {
    const timespec at_once{0, 0};
    if (sigismember(&before_, SIGPIPE) == 0) sigtimedwait(&sigpipe_, nullptr, &at_once);
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }

 private:
  sigset_t sigpipe_;
  sigset_t before_;
};

}  // namespace

Result<CommandOutput> run_command(const CommandOptions& options) {
  const TimePoint deadline = BootClock::now() + options.timeout;
  auto in = make_channel(Flow::kToChild);
  auto out = make_channel(Flow::kFromChild);
  auto err = make_channel(Flow::kFromChild);
  if (!in) return forward_error(in);
  if (!out) return forward_error(out);
  if (!err) return forward_error(err);
  SpawnOptions spawn;
  spawn.argv = options.argv;
  spawn.env = options.env;
  spawn.directory = options.directory;
  spawn.network_namespace = options.network_namespace;
  auto child = Process::start(spawn, {in->theirs.get(), out->theirs.get(), err->theirs.get()});
  if (!child) return forward_error(child);
  in->theirs.reset();
  out->theirs.reset();
  err->theirs.reset();

  const SigpipeBlocked guard;
  CommandOutput output;
  Exchange exchange{std::move(in->ours), std::move(out->ours), std::move(err->ours), options.input};
  if (options.input.empty()) exchange.in.reset();
  const Result<void> moved = exchange.run(output, options.output_limit_bytes, deadline);
  auto ended = moved ? child->wait(deadline) : Result<ExitStatus>(tl::unexpected(moved.error()));
  if (!ended) {
    kill(-child->pid(), SIGKILL);  // it leads its own group
    if (auto reaped = child->wait(kForever); !reaped) return forward_error(reaped);
    return fail(ended.error().code, "{}: {}", options.argv.front(), ended.error().message);
  }
  output.status = *ended;
  return output;
}

Result<std::string> checked_command(const CommandOptions& options) {
  auto output = run_command(options);
  if (!output) return forward_error(output);
  if (output->status.ok()) return std::move(output->out);
  const std::string_view why = last_line(output->err.empty() ? output->out : output->err);
  return fail(ErrorCode::kInternal, "{}: {}{}{}", options.argv.front(), output->status.describe(),
              why.empty() ? "" : ": ", why);
}

}  // namespace hancock
