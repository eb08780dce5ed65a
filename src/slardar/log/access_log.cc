#include "slardar/log/access_log.h"

#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#include <algorithm>

#include "base/log.h"

namespace hancock::slardar {
namespace {

constexpr Duration kDrainEvery = 100ms;
// More at a time costs several times as much a byte: the kernel looks for pages that lie side by side then.
constexpr size_t kWriteMax = 64 << 10;
constexpr int kMode = 0640;  // who visits what is not everybody's to read

Result<UniqueFd> open_file(const std::string& path) {
  if (path == "stdout") return UniqueFd();
  UniqueFd file(::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, kMode));
  if (!file) return tl::unexpected(errno_error(errno, "open " + path));
  return file;
}

}  // namespace

void AccessLog::Port::add(const AccessEntry& entry) {
  ring_.push(writer_.write(entry));
  if (ring_.is_pressing()) log_.loop_.post([this] { log_.drain(); });
}

Result<std::unique_ptr<AccessLog>> AccessLog::open(std::string path, AccessLogFormat format, size_t workers) {
  auto file = open_file(path);
  if (!file) return forward_error(file);
  return std::unique_ptr<AccessLog>(new AccessLog(std::move(path), std::move(*file), format, workers));
}

AccessLog::AccessLog(std::string path, UniqueFd file, AccessLogFormat format, size_t workers)
    : path_(std::move(path)), file_(std::move(file)), timer_(loop_, [this] {
        drain();
        timer_.arm(loop_.now() + kDrainEvery);
      }) {
  for (size_t i = 0; i < workers; ++i) ports_.push_back(std::make_unique<Port>(*this, format));
  timer_.arm(loop_.now() + kDrainEvery);
  thread_ = std::thread([this] {
    ::pthread_setname_np(::pthread_self(), "access-log");
    loop_.run();
    drain();
    ended_.set_value();
  });
}

AccessLog::~AccessLog() {
  if (!thread_.joinable()) return;
  loop_.stop();
  thread_.join();
}

bool AccessLog::close(Duration wait) {
  loop_.stop();
  if (ended_.get_future().wait_for(wait) != std::future_status::ready) return false;
  thread_.join();
  return true;
}

void AccessLog::reopen() {
  loop_.post([this] {
    drain();
    auto file = open_file(path_);
    if (file) {
      file_ = std::move(*file);
      is_torn_ = false;
    } else {
      log::error("access-log", "{}; the old one is written on", file.error().message);
    }
  });
}

uint64_t AccessLog::dropped() const {
  uint64_t sum = unwritten_.load(std::memory_order_relaxed);
  for (const auto& port : ports_) sum += port->ring_.dropped();
  return sum;
}

void AccessLog::drain() {
  for (const auto& port : ports_) {
    batch_.clear();
    port->ring_.drain(batch_);
    write(batch_);
  }
}

void AccessLog::write(std::string_view bytes) {
  if (bytes.empty()) return;
  if (is_torn_ && put("\n").empty()) is_torn_ = false;
  std::string_view rest = bytes;
  if (!is_torn_) rest = put(bytes);
  if (rest.size() < bytes.size()) is_torn_ = bytes[bytes.size() - rest.size() - 1] != '\n';
  const auto lines = std::count(rest.begin(), rest.end(), '\n');
  unwritten_.fetch_add(static_cast<uint64_t>(lines), std::memory_order_relaxed);
}

std::string_view AccessLog::put(std::string_view bytes) const {
  const int fd = file_ ? file_.get() : STDOUT_FILENO;
  while (!bytes.empty()) {
    const ssize_t count = ::write(fd, bytes.data(), std::min(bytes.size(), kWriteMax));
    if (count < 0 && errno != EINTR) break;
    if (count > 0) bytes.remove_prefix(static_cast<size_t>(count));
  }
  return bytes;
}

}  // namespace hancock::slardar
