#include "agent/task/task_words.h"

#include <fmt/core.h>

#include "model/units.h"

namespace hancock::agent {

std::string shorten(Duration span) {
  const auto unit = span < 1s ? Duration(100ms) : Duration(1s);
  return model::format_duration((span + unit / 2) / unit * unit);
}

std::string describe(const ContainerExited& end, const TaskPolicy& policy) {
  if (end.blame == Blame::kOthers) return clip(end.last_words);
  std::string text;
  if (end.exit.oom) {
    text = fmt::format("out of memory: it used more than its {}", model::format_size(policy.memory_bytes));
  } else if (end.exit.signal != 0) {
    text = fmt::format("ended by signal {}", end.exit.signal);
  } else {
    text = fmt::format("exit code {}", end.exit.code);
  }
  if (!end.last_words.empty()) text += ": " + clip(end.last_words);
  return text;
}

std::string clip(std::string_view text) {
  if (text.size() <= kTextBytesMax) return std::string(text);
  constexpr std::string_view kCut = "…";
  size_t end = kTextBytesMax - kCut.size();
  const auto inside_character = [&] { return (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80; };
  while (end > 0 && inside_character()) --end;
  return std::string(text.substr(0, end)).append(kCut);
}

std::string_view to_string(TaskPhase phase) {
  switch (phase) {
    case TaskPhase::kAssigned:
      return "assigned";
    case TaskPhase::kPulling:
      return "pulling";
    case TaskPhase::kStarting:
      return "starting";
    case TaskPhase::kRunning:
      return "running";
    case TaskPhase::kReady:
      return "ready";
    case TaskPhase::kDraining:
      return "draining";
    case TaskPhase::kStopping:
      return "stopping";
    case TaskPhase::kStopped:
      return "stopped";
    case TaskPhase::kFailed:
      return "failed";
  }
  return "unknown";
}

std::optional<TaskPhase> phase_of(std::string_view name) {
  for (int i = 0; i <= static_cast<int>(TaskPhase::kFailed); ++i) {
    if (const auto phase = static_cast<TaskPhase>(i); to_string(phase) == name) return phase;
  }
  return std::nullopt;
}

}  // namespace hancock::agent
