// The style and the script of the status page: texts that stand in it.
#pragma once

#include <string_view>

namespace hancock::slardar {

extern const std::string_view kStatusStyle;
extern const std::string_view kStatusScript;

}  // namespace hancock::slardar
