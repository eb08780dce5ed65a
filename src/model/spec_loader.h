// The app spec from YAML or JSON text: checked completely, defaults filled in, or refused with every mistake
// named.
//
//   auto spec = load_spec(text, {.default_tenant = "default"});
//   if (!spec) for (const SpecError& error : spec.error()) show(error);
//
// Pure; any thread. Keys of docs/spec.md that are not built yet are refused as "not supported yet", never
// ignored; unknown and repeated keys, second documents, merges and bound aliases are refused too.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "hancock/spec.pb.h"
#include "model/spec_error.h"

namespace hancock::model {

struct SpecOptions {
  std::string default_tenant = "default";
};

/// Of the text, and of its scalars once aliases are written out.
inline constexpr size_t kSpecMaxBytes = 1 << 20;
/// More mistakes than this are not listed.
inline constexpr size_t kSpecMaxErrors = 50;

/// Mistakes come in the order of their lines.
tl::expected<AppSpec, std::vector<SpecError>> load_spec(std::string_view text,
                                                        const SpecOptions& options = {});

}  // namespace hancock::model
