// One mistake in a spec, with everything that somebody needs to mend it. Value; any thread.
#pragma once

#include <string>

namespace hancock::model {

struct SpecError {
  std::string code = "invalid";  // or "unsupported"
  std::string message;           // a sentence for people
  std::string field;             // "services.web.ports[0].port"; "" = the whole text
  std::string value;             // as written, shortened; "" = nothing is written there
  std::string allowed;           // "1..65535"
  int line = 0;                  // 1-based; 0: unknown
  friend bool operator==(const SpecError&, const SpecError&) = default;
};

}  // namespace hancock::model
