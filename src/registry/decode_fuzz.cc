// Whatever lies in the store: decode() gives a record or an error that names something; a record that was
// read is written and read again to the same one, with whatever else the text held.
#include <cstdint>
#include <cstdlib>

#include "registry/records.h"

namespace {

template <class T>
void check(std::string_view text) {
  using hancock::registry::decode;
  const auto record = decode<T>(text);
  if (!record) {
    if (record.error().code != hancock::ErrorCode::kInvalid || record.error().message.empty()) std::abort();
    return;
  }
  const std::string written = encode(*record, text);
  const auto again = decode<T>(written);
  if (!again || *again != *record || encode(*again, written) != written) std::abort();
  const auto fresh = decode<T>(encode(*record));
  if (!fresh || *fresh != *record) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
  using namespace hancock::registry;
  switch (data[0] % 5) {
    case 0:
      check<Route>(text);
      break;
    case 1:
      check<NodeRecord>(text);
      break;
    case 2:
      check<Endpoint>(text);
      break;
    case 3:
      check<Barrier>(text);
      break;
    default:
      check<GatewayRecord>(text);
      break;
  }
  return 0;
}
