#include "base/testing/source_folder.h"

namespace hancock {

std::filesystem::path source_folder() { return HANCOCK_SOURCE_FOLDER; }

}  // namespace hancock
