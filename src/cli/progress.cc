#include "cli/progress.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <string_view>

#include "model/utf8.h"

namespace hancock::cli {

namespace {

size_t columns() {
  winsize size{};
  return ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

}  // namespace

std::string cut(const std::string& text, size_t columns) {
  std::vector<size_t> begins;  // of the characters
  for (size_t i = 0; i < text.size();
       i += std::max<size_t>(1, model::utf8_length(std::string_view(text).substr(i))))
    begins.push_back(i);
  if (begins.size() <= columns) return text;
  return text.substr(0, begins[columns - 1]) + "…";
}

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
  for (const Line& line : lines_) {
    const std::string text = cut(line.subject + ": " + line.text, columns());
    std::printf("\r\033[K%s\n", text.c_str());
  }
  drawn_ = lines_.size();
  std::fflush(stdout);
}

}  // namespace hancock::cli
