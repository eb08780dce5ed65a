// Logging: one line an event, `time level [component] message`, to stderr. Thread-safe.
//
//   log::info("agent", "task {} is ready on port {}", id, port);
//
// spdlog stays behind this header: it is dear to compile.
#pragma once

#include <fmt/core.h>

#include <string_view>
#include <utility>

namespace hancock::log {

enum class Level { kDebug, kInfo, kWarn, kError };

/// Lines below this level are dropped; default info, or HANCOCK_LOG=debug|info|warn|error.
void set_level(Level level);
bool enabled(Level level);
void write(Level level, std::string_view component, std::string_view message);

template <class... Args>
void debug(std::string_view component, fmt::format_string<Args...> format, Args&&... args) {
  if (enabled(Level::kDebug))
    write(Level::kDebug, component, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void info(std::string_view component, fmt::format_string<Args...> format, Args&&... args) {
  if (enabled(Level::kInfo)) write(Level::kInfo, component, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void warn(std::string_view component, fmt::format_string<Args...> format, Args&&... args) {
  if (enabled(Level::kWarn)) write(Level::kWarn, component, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void error(std::string_view component, fmt::format_string<Args...> format, Args&&... args) {
  if (enabled(Level::kError))
    write(Level::kError, component, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace hancock::log
