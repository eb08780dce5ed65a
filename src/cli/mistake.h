// Mistake: one thing that is wrong with an input, and how it is shown: "FILE:LINE: FIELD: VALUE: what is
// allowed".
#pragma once

#include <string>

namespace hancock::cli {

struct Mistake {
  std::string file;  // "": not from a file
  int line = 0;      // 0: unknown
  std::string field;
  std::string value;
  std::string message;
  std::string allowed;
};

/// A message that names its field already is a whole sentence; what it leaves out is put around it.
std::string to_line(const Mistake& mistake);

}  // namespace hancock::cli
