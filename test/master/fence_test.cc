// The fence: of two brains at one store, the one that was deposed writes nothing.
#include <signal.h>

#include "base/file.h"
#include "base/testing/temp_dir.h"
#include "master/with_agent.h"

namespace hancock::test {
namespace {

// A second brain beside the first, in a folder of its own, at the same etcd member.
class SecondBrain {
 public:
  explicit SecondBrain(const MasterProcess& master) : address_(*io::Address::of("127.0.0.1", free_port())) {
    const nlohmann::json options = {{"name", "master-2"},
                                    {"listen", address_.to_string()},
                                    {"etcd_client", master.etcd().to_string()},
                                    {"etcd_peer", "127.0.0.1:1"},
                                    {"bootstrap", false}};
    (void)write_file(data_ / "master.json", options.dump());
    auto process = Process::spawn({.argv = {HANCOCK_PROGRAM, "master", "--brain", "--data", data_.string()},
                                   .log = data_ / "log",
                                   .death_signal = SIGKILL});
    if (process) process_.emplace(std::move(*process));
  }
  ~SecondBrain() {
    (void)process_->send_signal(SIGKILL);
    (void)process_->wait(BootClock::now() + 5s);
  }
  const io::Address& address() const { return address_; }

 private:
  const TempDir temp_{"second_brain"};
  const std::filesystem::path data_ = temp_.path();
  io::Address address_;
  std::optional<Process> process_;
};

io::Async<int> status_of(MasterProcess& master, io::Address address) {
  http::RequestHead head("GET", "/readyz");
  auto answer = co_await master.client().fetch(address, std::move(head), "", master.loop().now() + 2s);
  co_return answer ? answer->status : 0;
}

TEST(Fence, ABrainThatWasDeposedWhileItWasStoppedWritesNothing) {
  MasterProcess master;
  master.start();
  ASSERT_TRUE(master.wait_until_ready());
  const pid_t first = master.brain_pid();
  const SecondBrain second(master);
  const auto second_serves = [&] {
    return master.loop().block_on(status_of(master, second.address())) == 200;
  };
  ASSERT_TRUE(master.until([&] {
    return master.loop().block_on(status_of(master, second.address())) == 503;
  })) << "it waits as long as the first one beats";

  ASSERT_EQ(kill(first, SIGSTOP), 0);
  ASSERT_TRUE(master.until(second_serves));
  ASSERT_EQ(kill(first, SIGCONT), 0);
  const Reply write = master.send("PUT", "/v1/apps/shop", kSpec);
  EXPECT_EQ(write.status, 503) << write.body;
  EXPECT_TRUE(master.until([&] { return master.get("/v1/leader").json()["leading"] == false; }));
  EXPECT_EQ(master.send("PUT", "/v1/apps/shop", kSpec).code(), "no_leader");
  EXPECT_TRUE(second_serves()) << "and the second one goes on";
}

}  // namespace
}  // namespace hancock::test
