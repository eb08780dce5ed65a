// Any bytes as an operator's upstream: refused with a reason, or a record that is read back the same.
#include <cstdlib>

#include "slardar/confd/upstream_record.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace hancock::slardar;
  const auto record = decode_upstream({reinterpret_cast<const char*>(data), size});
  if (!record) {
    if (record.error().message.empty()) std::abort();
    return 0;
  }
  const auto again = decode_upstream(encode_upstream(*record));
  if (!again || !(*again == *record)) std::abort();
  return 0;
}
