#include "cli/progress.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace hancock::cli {

Progress::Progress(bool silent) : silent_(silent), terminal_(::isatty(STDOUT_FILENO) == 1) {}

void Progress::update(const std::string& subject, const std::string& text) {
  if (silent_) return;
  auto line = std::find_if(lines_.begin(), lines_.end(), [&](const Line& l) { return l.subject == subject; });
  if (line != lines_.end() && line->text == text) return;
  if (line == lines_.end()) line = lines_.insert(lines_.end(), Line{subject, {}});
  line->text = text;
  if (terminal_) {
    redraw();
  } else {
    std::printf("%s: %s\n", subject.c_str(), text.c_str());
    std::fflush(stdout);
  }
}

void Progress::redraw() {
  if (drawn_ > 0) std::printf("\033[%zuA", drawn_);  // up to the first line
  for (const Line& line : lines_) std::printf("\r\033[K%s: %s\n", line.subject.c_str(), line.text.c_str());
  drawn_ = lines_.size();
  std::fflush(stdout);
}

}  // namespace hancock::cli
