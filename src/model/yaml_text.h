// The text of a spec made fit for the YAML parser. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "model/spec_error.h"

namespace hancock::model {

/// Refuses what is not UTF-8 and control characters, with the line; takes a byte order mark off; in JSON
/// joins the surrogate pairs ("\ud83d\ude00") that YAML does not know.
tl::expected<std::string, SpecError> clean_yaml_text(std::string_view text);

}  // namespace hancock::model
