#include "cli/verbs.h"

int main(int argc, char** argv) { return hancock::cli::run_hancock(argc, argv); }
