// Any pattern on any text, which end within their steps and never look beyond either.
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "slardar/lua/pattern.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const size_t end = input.find('\n');
  const std::string_view pattern = input.substr(0, end);
  const std::string_view text = end == std::string_view::npos ? std::string_view() : input.substr(end + 1);
  int64_t steps = 10'000;
  hancock::slardar::Pattern matched(text, pattern, steps);
  for (size_t at = 0; at <= text.size() && steps >= 0 && !matched.wrong(); ++at) {
    if (!matched.match(at)) continue;
    if (matched.end() < at || matched.end() > text.size()) std::abort();
    for (size_t i = 0; i < matched.captures(); ++i) {
      const auto capture = matched.capture(i);
      if (capture.position) continue;
      if (capture.text.data() < text.data() ||
          capture.text.data() + capture.text.size() > text.data() + text.size())
        std::abort();
    }
  }
  if (steps < -static_cast<int64_t>(size) - 10) std::abort();
  return 0;
}
