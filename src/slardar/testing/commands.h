// Other people's programs beside a gateway in this process.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <cstdio>
#include <string>
#include <thread>

#include "slardar/testing/world.h"

namespace hancock::slardar::testing {

/// What `command` says, while the gateway and its peers run; $URL is the gateway's.
inline std::string said_by(World& world, const std::string& command) {
  std::string said;
  std::atomic<bool> is_done = false;
  const std::string line = "exec 2>&1; URL=http://" + world.http().to_string() + "; export URL; " + command;
  std::thread thread([&] {
    FILE* const pipe = ::popen(line.c_str(), "r");
    char piece[4096];
    while (const size_t size = pipe ? std::fread(piece, 1, sizeof piece, pipe) : 0) said.append(piece, size);
    if (pipe) ::pclose(pipe);
    is_done = true;
  });
  EXPECT_TRUE(world.until([&] { return is_done.load(); }, 60s));
  thread.join();
  return said;
}

}  // namespace hancock::slardar::testing
