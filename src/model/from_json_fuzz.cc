// from_json survives any text, and what it accepts is written and read back as the same text.
#include <cstdlib>
#include <string_view>

#include "hancock/wire.pb.h"
#include "model/json.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto check = [&](auto message) {
    if (!hancock::model::from_json(text, message)) return;
    const std::string written = hancock::model::to_json(message);
    if (!hancock::model::from_json(written, message)) std::abort();
    if (hancock::model::to_json(message) != written) std::abort();
  };
  check(hancock::model::AssignmentLine());
  check(hancock::model::NodeReport());
  return 0;
}
