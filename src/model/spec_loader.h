// The app spec from YAML or JSON text: checked completely, defaults filled in, or refused with every mistake
// named.
//
//   auto spec = load_spec(text, {.default_tenant = "default"});
//   if (!spec) for (const SpecError& error : spec.error()) show(error);
//
// Pure; any thread. Keys of interfaces.md that are not built yet are refused as "not supported yet", never
// ignored; unknown and repeated keys, second documents, merges and bound aliases are refused too.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "hancock/spec.pb.h"

namespace hancock::model {

struct SpecError {
  std::string code = "invalid";  // or "unsupported"
  std::string message;           // a sentence for people
  std::string field;             // "services.web.ports[0].port"
  std::string value;             // as written, shortened
  std::string allowed;           // "1..65535"
  int line = 0;                  // 1-based; 0: unknown
};

struct SpecOptions {
  std::string default_tenant = "default";
};

inline constexpr size_t kSpecMaxBytes = 1 << 20;

tl::expected<AppSpec, std::vector<SpecError>> load_spec(std::string_view text,
                                                        const SpecOptions& options = {});

}  // namespace hancock::model
