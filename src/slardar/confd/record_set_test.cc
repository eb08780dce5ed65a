#include "slardar/confd/record_set.h"

#include <gtest/gtest.h>

#include "slardar/testing/records.h"

namespace hancock::slardar {
namespace {

using testing::barrier_of;
using testing::endpoint_of;
using testing::key_of;
using testing::route_of;

TEST(RecordSet, a_bad_record_is_refused_alone_and_the_last_good_one_stays) {
  RecordSet records;
  const auto good = route_of("web", {"shop.test"});
  EXPECT_TRUE(records.put(key_of(good), encode(good)));
  EXPECT_TRUE(records.put(key_of(good), R"({"tenant":"default"})"));
  EXPECT_EQ(records.routes().at(key_of(good)).record, good);
  EXPECT_EQ(records.refused().count(key_of(good)), 1U);
  EXPECT_TRUE(records.put(key_of(good), encode(good)));
  EXPECT_TRUE(records.refused().empty());
}

TEST(RecordSet, a_record_must_stand_under_the_key_that_it_names) {
  RecordSet records;
  const auto route = route_of("web", {"shop.test"});
  const std::string foreign = registry::Keys().route("other", "shop", "web");
  EXPECT_TRUE(records.put(foreign, encode(route)));
  EXPECT_TRUE(records.routes().empty());
  EXPECT_EQ(records.refused().at(foreign), "the record's names do not belong to its key " + foreign);
}

TEST(RecordSet, what_is_not_known_is_refused_and_named) {
  RecordSet records;
  auto route = route_of("web", {"shop.test"});
  route.entrances[0].balance = "magic";
  records.put(key_of(route), encode(route));
  EXPECT_EQ(records.refused().at(key_of(route)), "routes[0].balance: magic: no such balancer");
  records.put("/hancock/upstreams/u", R"({"servers":[{"host":"127.0.0.1","port":80}],"mode":"magic"})");
  EXPECT_EQ(records.refused().at("/hancock/upstreams/u"), "mode: magic: no such balancer");
}

TEST(RecordSet, hot_code_that_does_not_compile_is_refused_with_its_line) {
  RecordSet records;
  const std::string key = "/hancock/lua/script.shop.test";
  EXPECT_TRUE(records.put(key, "return 1"));
  EXPECT_TRUE(records.put(key, "local a = 1\nlocal b = = 2"));
  EXPECT_EQ(records.refused().at(key), "script.shop.test:2: unexpected symbol near '='");
  EXPECT_EQ(records.lua().at(key).record.text->text, "return 1");
  EXPECT_TRUE(records.put("/hancock/lua/nothing", "return 1"));
  EXPECT_EQ(records.refused().count("/hancock/lua/nothing"), 1U);
}

TEST(RecordSet, keys_that_no_gateway_serves_from_change_nothing) {
  RecordSet records;
  EXPECT_FALSE(records.put("/hancock/beat", "17"));
  EXPECT_FALSE(records.put("/hancock/gateways/g1", "{}"));
  EXPECT_FALSE(records.remove("/hancock/gateways/g1"));
}

TEST(RecordSet, the_same_again_changes_nothing_but_for_barriers) {
  RecordSet records;
  const auto endpoint = endpoint_of("web", "t1", 20001);
  EXPECT_TRUE(records.put(key_of(endpoint), encode(endpoint)));
  EXPECT_FALSE(records.put(key_of(endpoint), encode(endpoint)));
  const std::string barrier = encode(testing::barrier_of("b1", {"t1"}));
  EXPECT_TRUE(records.put("/hancock/barriers/b1", barrier));
  EXPECT_TRUE(records.put("/hancock/barriers/b1", barrier));
}

TEST(RecordSet, a_load_removes_what_has_gone_within_its_range) {
  RecordSet records;
  const auto endpoint = endpoint_of("web", "t1", 20001);
  records.put(key_of(endpoint), encode(endpoint));
  records.put("/hancock/upstreams/u", R"({"servers":[{"host":"127.0.0.1","port":80}]})");
  records.keep_only(store::KeyRange::prefix("/hancock/endpoints/"), [](const std::string&) { return false; });
  EXPECT_TRUE(records.endpoints().empty());
  EXPECT_EQ(records.upstreams().size(), 1U);
}

TEST(RecordSet, its_texts_make_the_same_set) {
  RecordSet records;
  const auto route = route_of("web", {"shop.test"});
  const auto endpoint = endpoint_of("web", "t1", 20001);
  records.put(key_of(route), encode(route));
  records.put(key_of(endpoint), encode(endpoint));
  RecordSet again;
  for (const auto& [key, text] : records.texts()) EXPECT_TRUE(again.put(key, text));
  EXPECT_EQ(again.routes().at(key_of(route)).record, route);
  EXPECT_EQ(again.endpoints().at(key_of(endpoint)).record, endpoint);
}

TEST(RecordSet, the_epoch_is_the_beats_and_without_one_the_highest_of_a_barrier) {
  RecordSet records;
  const registry::Keys keys;
  EXPECT_EQ(records.epoch(), 0);
  records.put(keys.barrier("b1"), encode(barrier_of("b1", {"t1"}, 5)));
  EXPECT_EQ(records.epoch(), 5);
  EXPECT_TRUE(records.put(keys.beat(), encode(registry::Beat{1, 10})));
  EXPECT_EQ(records.epoch(), 1) << "a cluster that was built anew begins anew";
  EXPECT_FALSE(records.put(keys.beat(), encode(registry::Beat{1, 11})));
  EXPECT_TRUE(records.put(keys.beat(), encode(registry::Beat{2, 12})));
  EXPECT_EQ(records.epoch(), 2);
  EXPECT_TRUE(records.remove(keys.beat()));
  EXPECT_EQ(records.epoch(), 5);
}

}  // namespace
}  // namespace hancock::slardar
