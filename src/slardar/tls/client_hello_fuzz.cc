// Any bytes as what a TLS client says first: never more than what came, and the same whatever comes behind.
#include <cstdlib>

#include "slardar/tls/client_hello.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace hancock::slardar;
  using Status = ClientHello::Status;
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  const ClientHello hello = parse_client_hello(bytes);
  if (hello.status != Status::kDone && !hello.server_name.empty()) std::abort();
  if (hello.status == Status::kNeedMore && size >= kClientHelloMax) std::abort();
  if (hello.status == Status::kNeedMore) return 0;
  const ClientHello again = parse_client_hello(bytes + "more");
  if (again.status != hello.status || again.server_name != hello.server_name) std::abort();
  for (size_t part = 0; part < size; part += 1 + size / 16) {
    const ClientHello partly = parse_client_hello(bytes.substr(0, part));
    if (partly.status == Status::kNeedMore) continue;
    if (partly.status != hello.status || partly.server_name != hello.server_name) std::abort();
  }
  return 0;
}
