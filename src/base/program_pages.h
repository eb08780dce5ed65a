// What of the program's files (code, constants; its own and its libraries') is resident because it was used
// once.
#pragma once

namespace hancock {

/// Lets the kernel have these pages back: most of what a start has used nothing uses again. What is used
/// comes back from the page cache, 64 KiB around each fault. What was written (relocations, data) stays. Any
/// thread.
void give_back_program_pages();

}  // namespace hancock
