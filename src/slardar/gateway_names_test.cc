// Servers that an operator calls by a host name, in a whole gateway.
#include <gtest/gtest.h>

#include "slardar/testing/name_server.h"
#include "slardar/testing/world.h"

namespace hancock::slardar {
namespace {

using namespace testing;

TEST(GatewayNames, a_servers_name_is_followed_while_it_runs) {
  NameServer names;
  World world(1);
  world.config.resolvers = names.address();
  const auto& peer = world.named_peer("a");
  const std::string port = std::to_string(peer.port());
  names.put("a.test", {"127.0.0.1"}, 1s);
  world.put("/hancock/upstreams/shop.test", R"({"servers":[{"host":"A.test","port":)" + port + "}]}");
  world.put("/hancock/upstreams/blog.test", R"({"servers":[{"host":"nobody.test","port":)" + port +
                                                R"(},{"host":"127.0.0.1","port":)" + port + "}]}");
  world.put("/hancock/upstreams/later.test", R"({"servers":[{"host":"later.test","port":)" + port + "}]}");
  world.start();
  EXPECT_TRUE(world.answers("shop.test", 200, "a"));
  EXPECT_TRUE(world.answers("blog.test", 200, "a")) << "the others go on";
  EXPECT_EQ(world.get("later.test", "/").status, 503);
  ASSERT_TRUE(world.until([&] {
    return world.admin("/status").body.find(R"("server":"blog.test:nobody.test:)" + port) !=
           std::string::npos;
  }));
  names.put("later.test", {"127.0.0.1"}, 1s);
  EXPECT_TRUE(world.answers("later.test", 200, "a"));
  names.put("a.test", {"127.0.0.77"}, 1s);
  EXPECT_TRUE(world.answers("shop.test", 502)) << "nobody is there";
  names.put("a.test", {"127.0.0.1"}, 1s);
  EXPECT_TRUE(world.answers("shop.test", 200, "a"));
  names.remove("a.test");
  const int asked = names.questions("a.test");
  ASSERT_TRUE(world.until([&] { return names.questions("a.test") > asked + 1; }));
  EXPECT_EQ(world.get("shop.test", "/").body, "a") << "the last good addresses stay";
}

TEST(GatewayNames, a_change_is_live_when_its_names_were_looked_up) {
  NameServer names;
  World world(1);
  world.config.resolvers = names.address();
  world.start();
  names.put("a.test", {"127.0.0.1"}, 1s);
  const std::string port = std::to_string(world.named_peer("a").port());
  for (const std::string host : {"a.test", "nobody.test"}) {
    const std::string body = R"({"servers":[{"host":")" + host + R"(","port":)" + port + "}]}";
    EXPECT_EQ(world.write("/upstream/shop.test", "PUT", body).status, 200) << host;
    EXPECT_EQ(world.get("shop.test", "/").status, host == "a.test" ? 200 : 503);
  }
}

}  // namespace
}  // namespace hancock::slardar
