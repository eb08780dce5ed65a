// AccessLog: the log of requests of one process: a ring for each worker, and a thread that empties them into
// a file or stdout. Whoever reads or stores the log slowly costs lines, which are counted, and no request.
//
// Made and ended by the control thread, before and after the workers; each worker has its own Port.
#pragma once

#include <atomic>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/error.h"
#include "base/unique_fd.h"
#include "io/loop.h"
#include "io/timer.h"
#include "slardar/log/access_line.h"
#include "slardar/log/log_ring.h"

namespace hancock::slardar {

class AccessLog {
 public:
  /// `path`: a file, which is appended to, or "stdout". Errors: it cannot be opened.
  static Result<std::unique_ptr<AccessLog>> open(std::string path, AccessLogFormat format, size_t workers);
  AccessLog(const AccessLog&) = delete;
  AccessLog& operator=(const AccessLog&) = delete;
  /// As close(), however long it takes.
  ~AccessLog();

  /// Writes what waits and ends the thread; once. False: it hangs in a write, and this must not be destroyed.
  bool close(Duration wait);

  /// One worker's end; its thread only.
  class Port {
   public:
    Port(AccessLog& log, AccessLogFormat format) : log_(log), writer_(format) {}
    void add(const AccessEntry& entry);

   private:
    friend class AccessLog;
    AccessLog& log_;
    AccessLineWriter writer_;
    LogRing ring_;
  };
  Port& port(size_t worker) { return *ports_[worker]; }

  /// Opens the file anew: a rotation has moved it. One that cannot be opened: the old one is written on.
  void reopen();
  /// Lines that nobody will read.
  uint64_t dropped() const;

 private:
  AccessLog(std::string path, UniqueFd file, AccessLogFormat format, size_t workers);
  void drain();
  void write(std::string_view bytes);
  /// What the file did not take.
  std::string_view put(std::string_view bytes) const;

  const std::string path_;
  UniqueFd file_;  // log's thread, once it runs; none: stdout
  std::vector<std::unique_ptr<Port>> ports_;
  std::atomic<uint64_t> unwritten_{0};  // lines that the file did not take
  std::string batch_;
  bool is_torn_ = false;  // what was written last ends inside a line
  io::Loop loop_;
  io::Timer timer_;
  std::promise<void> ended_;
  std::thread thread_;
};

}  // namespace hancock::slardar
