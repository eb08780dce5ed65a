// Progress: one line a subject, redrawn in place on a terminal, else printed once whenever it changes.
//
// Writes to stdout (stderr stays for errors). One thread.
#pragma once

#include <string>
#include <vector>

namespace hancock::cli {

/// At most `columns` (> 0) characters; what is left out is shown by "…". A line that wraps cannot be redrawn.
std::string cut(const std::string& text, size_t columns);

class Progress {
 public:
  /// Looks at stdout itself: a terminal is redrawn, a pipe gets lines. `silent` prints nothing (--json).
  explicit Progress(bool silent);

  void update(const std::string& subject, const std::string& text);

 private:
  void redraw();

  struct Line {
    std::string subject;
    std::string text;
  };
  bool silent_;
  bool terminal_;
  size_t drawn_ = 0;
  std::vector<Line> lines_;
};

}  // namespace hancock::cli
