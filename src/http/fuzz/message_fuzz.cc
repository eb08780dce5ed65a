// Whole messages: llhttp must read what we accept, with the same body and end (differential.h).
#include <cstdio>
#include <cstdlib>

#include "http/fuzz/differential.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto difference = hancock::http::find_difference({reinterpret_cast<const char*>(data), size});
  if (!difference) return 0;
  std::fprintf(stderr, "%s\n", difference->c_str());
  std::abort();
}
