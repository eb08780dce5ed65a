// load_spec survives any text; what it accepts is a message that is stored and read back the same.
#include <cstdlib>
#include <string_view>

#include "model/json.h"
#include "model/spec_loader.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto spec = hancock::model::load_spec({reinterpret_cast<const char*>(data), size});
  if (!spec) {
    if (spec.error().empty()) std::abort();
    return 0;
  }
  hancock::model::AppSpec stored;
  if (!stored.ParseFromString(spec->SerializeAsString())) std::abort();
  if (hancock::model::to_json(stored) != hancock::model::to_json(*spec)) std::abort();
  return 0;
}
