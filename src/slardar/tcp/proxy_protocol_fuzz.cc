// Any bytes as a PROXY header: refused with a reason, or taken, however they are cut into pieces; what was
// read is written and read back the same.
#include <cstdlib>

#include "slardar/tcp/proxy_protocol.h"

namespace {

using namespace hancock::slardar;

/// Bytes of the header; 0: it is cut short or none.
size_t read(ProxyHeaderReader& reader, std::string_view bytes, size_t piece) {
  size_t taken = 0;
  while (reader.wants() > 0) {
    const size_t size = std::min({reader.wants(), bytes.size() - taken, piece});
    if (size == 0) return 0;
    const auto took = reader.take(bytes.substr(taken, size));
    if (!took && took.error().message.empty()) std::abort();
    if (!took) return 0;
    taken += size;
    if (taken > ProxyHeaderReader::kBytesMax) std::abort();
  }
  return taken;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  ProxyHeaderReader reader;
  ProxyHeaderReader slow;
  const size_t taken = read(reader, bytes, size);
  if (taken != read(slow, bytes, 1)) std::abort();
  if (taken == 0 || !reader.peers().source) return 0;
  const auto& [source, destination] = reader.peers();
  for (const ProxyProtocol version : {ProxyProtocol::kV1, ProxyProtocol::kV2}) {
    const std::string text = proxy_header(version, *source, *destination);
    ProxyHeaderReader again;
    if (read(again, text, text.size()) != text.size()) std::abort();
    if (!(again.peers().source == source) || !(again.peers().destination == destination)) std::abort();
  }
  return 0;
}
