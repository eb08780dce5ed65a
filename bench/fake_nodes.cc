// fake_nodes: NODES Nodes that speak the Agents' wire to a Master and say of each Task that it runs. Goes on
// until it is killed.
//
//   bench_fake_nodes MASTER TOKEN NODES
#include <fmt/format.h>

#include <cstdio>
#include <deque>

#include "io/scope.h"
#include "master/fake_agent.h"

namespace {

using namespace hancock;

io::Async<void> run(io::Loop& loop, io::Address master, std::string token, int count) {
  std::deque<test::FakeAgent> agents;
  io::Scope scope;
  for (int i = 1; i <= count; ++i) {
    test::FakeAgentOptions options;
    options.master = master;
    options.token = token;
    options.node = fmt::format("node-{}", i);
    test::FakeAgent& agent = agents.emplace_back(loop, std::move(options));
    scope.spawn(agent.run());
    scope.spawn(agent.give_signs_of_life());
  }
  co_await scope.join();
}

}  // namespace

int main(int argc, char** argv) {
  const auto master = argc == 4 ? io::Address::parse(argv[1]) : Result<io::Address>();
  if (argc != 4 || !master) {
    std::fprintf(stderr, "usage: %s MASTER TOKEN NODES\n", argv[0]);
    return 2;
  }
  io::Loop loop;
  loop.block_on(run(loop, *master, argv[2], std::stoi(argv[3])));
}
