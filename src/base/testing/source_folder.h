// The project's own files, for tests that read its documents.
#pragma once

#include <filesystem>

namespace hancock {

/// The top folder of the sources that the test was built from.
std::filesystem::path source_folder();

}  // namespace hancock
