#include "cli/mistake.h"

namespace hancock::cli {

std::string to_line(const Mistake& mistake) {
  std::string line = mistake.file;
  if (!line.empty() && mistake.line > 0) line += ":" + std::to_string(mistake.line);
  if (!line.empty()) line += ": ";
  const bool whole = mistake.message.starts_with(mistake.field);
  if (!mistake.field.empty() && !whole) {
    line += mistake.field + ": ";
    if (!mistake.value.empty()) line += mistake.value + ": ";
  }
  line += mistake.message;
  const bool said = mistake.message.find(mistake.allowed) != std::string::npos;
  if (!mistake.allowed.empty() && !said) line += " (allowed: " + mistake.allowed + ")";
  return line;
}

}  // namespace hancock::cli
