// The ring: evenly, always the same, and no key moves that need not.
#include "slardar/balance/hash_ring.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "slardar/routing/snapshot.h"
#include "slardar/upstream/slow_start.h"

namespace hancock::slardar {
namespace {

constexpr size_t kKeys = 100'000;
constexpr size_t kSomeKeys = 10'000;  // where each of them counts, not how many

/// As those of an upstream: addresses that differ in one place only.
std::vector<Weighted> ring_servers(size_t count, uint32_t weight = 1) {
  std::vector<Weighted> servers;
  for (size_t i = 0; i < count; ++i) {
    const Server server{*io::Address::of("10.0.0." + std::to_string(i + 1), 8080), {}};
    servers.push_back({server.identity(), weight});
  }
  return servers;
}

/// What visitors are known by.
uint64_t visitor_key(size_t number) { return hash_of_client("/item/" + std::to_string(number)); }

/// Whose each key is: the identity of its server.
std::vector<uint64_t> owners(const std::vector<Weighted>& servers, size_t keys = kKeys) {
  HashRing ring;
  ring.update(servers);
  std::vector<uint64_t> owners;
  for (size_t i = 0; i < keys; ++i) {
    Choice choice;
    choice.key = visitor_key(i);
    owners.push_back(servers[*ring.pick(choice)].identity);
  }
  return owners;
}
size_t keys_of(const std::vector<uint64_t>& owners, const Weighted& server) {
  return static_cast<size_t>(std::count(owners.begin(), owners.end(), server.identity));
}

TEST(HashRing, equal_servers_have_equally_many_keys_within_ten_percent) {
  for (const size_t count : {2U, 3U, 5U, 10U, 20U, 40U}) {
    const auto servers = ring_servers(count);
    const auto whose = owners(servers);
    for (const Weighted& server : servers) {
      const double even = static_cast<double>(kKeys) / static_cast<double>(count);
      EXPECT_NEAR(static_cast<double>(keys_of(whose, server)), even, even / 10) << "of " << count;
    }
  }
}

TEST(HashRing, keys_go_by_weight_within_two_percent_of_all) {
  auto servers = ring_servers(6);
  uint64_t sum = 0;
  for (size_t i = 0; i < servers.size(); ++i) sum += servers[i].weight = static_cast<uint32_t>(1 + i * i);
  const auto whose = owners(servers);
  for (const Weighted& server : servers)
    EXPECT_NEAR(static_cast<double>(keys_of(whose, server)) / kKeys,
                static_cast<double>(server.weight) / static_cast<double>(sum), 0.02);
}

TEST(HashRing, when_one_leaves_his_keys_alone_move) {
  for (const size_t count : {2U, 5U, 20U}) {
    const auto servers = ring_servers(count);
    auto fewer = servers;
    fewer.erase(fewer.begin() + static_cast<ptrdiff_t>(count / 2));
    const auto before = owners(servers);
    const auto after = owners(fewer);
    const uint64_t gone = servers[count / 2].identity;
    size_t moved = 0;
    for (size_t i = 0; i < kKeys; ++i) {
      moved += before[i] != after[i];
      ASSERT_EQ(before[i] != after[i], before[i] == gone);
    }
    const double share = static_cast<double>(kKeys) / static_cast<double>(count);
    EXPECT_NEAR(static_cast<double>(moved), share, share / 10) << "about 1/n";
    for (const Weighted& server : fewer) {
      const double even = static_cast<double>(kKeys) / static_cast<double>(count - 1);
      EXPECT_NEAR(static_cast<double>(keys_of(after, server)), even, even / 10)
          << "all the others take a part";
    }
  }
}

TEST(HashRing, a_weight_that_changes_moves_keys_to_or_from_that_server_alone) {
  // Not from 15 to 16: that is another ring.
  for (const uint32_t weight : {1U, 4U, 100U, 10'000U}) {
    const auto servers = ring_servers(8, weight);
    auto heavier = servers;
    heavier[3].weight += std::max(1U, weight / 4);
    auto drained = servers;
    drained[3].weight = 0;
    const auto before = owners(servers, kSomeKeys);
    const auto more = owners(heavier, kSomeKeys);
    const auto none = owners(drained, kSomeKeys);
    for (size_t i = 0; i < kSomeKeys; ++i) {
      ASSERT_TRUE(before[i] == more[i] || more[i] == servers[3].identity);
      ASSERT_EQ(before[i] != none[i], before[i] == servers[3].identity);
    }
    EXPECT_GT(keys_of(more, servers[3]), keys_of(before, servers[3]));
  }
}

TEST(HashRing, whoever_leaves_of_many_weights_his_keys_alone_move) {
  auto servers = ring_servers(8);
  const uint32_t weights[] = {1, 2, 3, 10, 15, 16, 40, 300};
  for (size_t i = 0; i < servers.size(); ++i) servers[i].weight = weights[i];
  const auto before = owners(servers, kSomeKeys);
  for (size_t gone = 0; gone < servers.size(); ++gone) {
    auto fewer = servers;
    fewer.erase(fewer.begin() + static_cast<ptrdiff_t>(gone));
    const auto after = owners(fewer, kSomeKeys);
    for (size_t i = 0; i < kSomeKeys; ++i)
      ASSERT_EQ(before[i] != after[i], before[i] == servers[gone].identity)
          << "key " << i << " without " << gone;
  }
}

TEST(HashRing, who_is_left_out_for_a_while_is_as_good_as_gone) {
  const auto servers = ring_servers(10);
  auto fewer = servers;
  fewer.erase(fewer.begin() + 4);
  const auto without = owners(fewer, kSomeKeys);
  HashRing ring;
  ring.update(servers);
  std::vector<uint8_t> resting(10, 0);
  resting[4] = 1;
  for (size_t i = 0; i < kSomeKeys; ++i) {
    Choice choice;
    choice.key = visitor_key(i);
    choice.left_out = resting;
    ASSERT_EQ(servers[*ring.pick(choice)].identity, without[i]) << "no key moves twice when it goes for good";
  }
}

TEST(HashRing, who_is_new_takes_more_and_more_of_his_keys_and_none_moves_back) {
  const auto servers = ring_servers(4);
  HashRing ring;
  ring.update(servers);
  const auto whole = owners(servers, kSomeKeys);
  std::vector<uint32_t> shares(4, kWholeShare);
  std::vector<uint8_t> had(kSomeKeys, 0);
  size_t count_before = 0;
  for (const uint32_t share : {100U, 400U, 900U, 1'000U}) {
    shares[2] = share;
    size_t count = 0;
    for (size_t i = 0; i < kSomeKeys; ++i) {
      Choice choice;
      choice.key = visitor_key(i);
      choice.shares = shares;
      const bool has = *ring.pick(choice) == 2;
      ASSERT_TRUE(!has || whole[i] == servers[2].identity);
      ASSERT_TRUE(has || !had[i]);
      had[i] = has;
      count += has;
    }
    EXPECT_GT(count, count_before);
    count_before = count;
  }
  EXPECT_EQ(count_before, keys_of(whole, servers[2]));
}

// In every worker and gateway, and after every restart: whatever the order of the list.
TEST(HashRing, a_retry_goes_the_same_way_wherever_it_is_made) {
  const auto servers = ring_servers(7);
  auto reversed = servers;
  std::reverse(reversed.begin(), reversed.end());
  HashRing one;
  HashRing other;
  one.update(ring_servers(3));
  one.update(servers);
  other.update(reversed);
  std::set<size_t> stand_ins;  // for the first server
  for (size_t i = 0; i < 1'000; ++i) {
    std::vector<uint8_t> tried(7, 0);
    std::vector<uint8_t> tried_there(7, 0);
    size_t first = 0;
    for (int round = 0; round < 7; ++round) {
      Choice choice;
      choice.key = visitor_key(i);
      choice.left_out = tried;
      const size_t place = *one.pick(choice);
      choice.left_out = tried_there;
      const size_t there = *other.pick(choice);
      ASSERT_EQ(servers[place].identity, reversed[there].identity) << "key " << i << ", round " << round;
      tried[place] = tried_there[there] = 1;
      if (round == 0) first = place;
      if (round == 1 && first == 0) stand_ins.insert(place);
    }
  }
  EXPECT_EQ(stand_ins.size(), 6U) << "no one of them has to stand in alone";
}

TEST(HashRing, its_places_are_for_ever) {
  // What a release finds, the next one has to find too, while both serve: change this knowingly.
  HashRing ring;
  const std::vector<Weighted> servers{{1, 1}, {2, 2}, {3, 1}};
  ring.update(servers);
  std::string places;
  for (uint64_t key = 0; key < 24; ++key) {
    Choice choice;
    choice.key = key;
    places += std::to_string(*ring.pick(choice));
  }
  EXPECT_EQ(places, "101210221001112111201111");
}

}  // namespace
}  // namespace hancock::slardar
