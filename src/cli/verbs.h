// All verbs of `hancock`, wired.
#pragma once

namespace hancock::cli {

/// main(): parses, runs, gives the exit code.
int run_hancock(int argc, char** argv);

}  // namespace hancock::cli
