#include "master/child.h"

#include <fcntl.h>

#include <csignal>

#include "base/file.h"
#include "base/log.h"
#include "io/descriptor.h"

namespace hancock::master {

io::Async<void> Child::run() {
  Duration backoff = options_.backoff;
  while (!stopping_.stop_requested()) {
    const TimePoint started = loop_.now();
    auto process = Process::spawn({.argv = options_.argv, .log = options_.log, .death_signal = SIGKILL});
    if (process) {
      log::info("supervisor", "{} runs as process {}", options_.name, process->pid());
      if (auto written = write_file(options_.pid_file, fmt::format("{}\n", process->pid())); !written) {
        log::warn("supervisor", "{}: {}", options_.name, written.error().message);
      }
      const ExitStatus status = co_await wait_for_end(*process);
      std::error_code ignored;
      std::filesystem::remove(options_.pid_file, ignored);
      if (stopping_.stop_requested()) break;
      log::error("supervisor", "{} ended by itself: {}", options_.name, status.describe());
    } else {
      log::error("supervisor", "{}", process.error().message);
    }
    if (loop_.now() - started >= options_.settled) backoff = options_.backoff;
    log::info("supervisor", "{} starts again in {} ms{}", options_.name, backoff / 1ms,
              options_.log.empty() ? "" : "; its log: " + options_.log.string());
    co_await loop_.sleep_for(backoff, stopping_.get_token());
    backoff = std::min(backoff * 2, options_.backoff_max);
  }
  ended_ = true;
  changed_.set();
}

io::Async<ExitStatus> Child::wait_for_end(Process& process) {
  process_ = &process;
  {
    io::Descriptor ended(loop_, UniqueFd(fcntl(process.pidfd(), F_DUPFD_CLOEXEC, 0)));
    co_await ended.ready(io::Direction::kRead);
  }
  process_ = nullptr;
  auto status = process.wait(kForever);
  co_return status ? *status : ExitStatus{};
}

void Child::signal(int number) {
  if (process_ == nullptr) return;
  if (auto sent = process_->send_signal(number); !sent) {
    log::warn("supervisor", "{}: {}", options_.name, sent.error().message);
  }
}

io::Async<void> Child::stop(TimePoint deadline) {
  stopping_.request_stop();
  signal(SIGTERM);
  while (!ended_) {
    const bool in_time = co_await changed_.wait(deadline);
    if (in_time) continue;
    log::warn("supervisor", "{} did not end in time: it is killed", options_.name);
    signal(SIGKILL);
    deadline = kForever;
  }
  log::info("supervisor", "{} has ended", options_.name);
}

}  // namespace hancock::master
