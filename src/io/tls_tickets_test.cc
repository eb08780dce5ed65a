#include "io/tls_tickets.h"

#include <gtest/gtest.h>

namespace hancock::io {
namespace {

constexpr TimePoint kBegin{100h};

TicketKeys::Seed seed(unsigned char fill) {
  TicketKeys::Seed made;
  made.fill(fill);
  return made;
}

std::string name_of(const TicketKeys::Key& key) {
  return {reinterpret_cast<const char*>(key.name.data()), key.name.size()};
}

TEST(TicketKeys, change_with_each_period_and_the_two_before_are_accepted) {
  TicketKeys keys(seed(1), kBegin, 1h);
  const std::string first = name_of(keys.present(kBegin));
  EXPECT_EQ(name_of(keys.present(kBegin + 59min)), first);
  const std::string second = name_of(keys.present(kBegin + 1h));
  EXPECT_NE(second, first);
  EXPECT_NE(keys.find(first, kBegin + 1h), nullptr);
  EXPECT_NE(keys.find(first, kBegin + 2h + 59min), nullptr);
  EXPECT_EQ(keys.find(first, kBegin + 3h), nullptr);
  EXPECT_NE(keys.find(second, kBegin + 3h), nullptr);
}

TEST(TicketKeys, who_goes_on_from_anothers_state_has_his_keys_before_and_after) {
  TicketKeys one(seed(1), kBegin, 1h);
  const std::string first = name_of(one.present(kBegin));
  TicketKeys heir(one.state(kBegin + 1h), 1h);
  EXPECT_NE(heir.find(first, kBegin + 1h), nullptr);
  for (const Duration later : {1h, 2h, 5h}) {
    EXPECT_EQ(name_of(heir.present(kBegin + later)), name_of(one.present(kBegin + later)));
  }
  EXPECT_EQ(heir.find(first, kBegin + 5h), nullptr);
}

TEST(TicketKeys, who_starts_alike_has_the_same_ones_whenever_he_looks) {
  TicketKeys one(seed(1), kBegin, 1h);
  TicketKeys other(seed(1), kBegin, 1h);
  for (int hour = 0; hour < 5; ++hour) one.present(kBegin + hour * 1h);
  const TicketKeys::Key& mine = one.present(kBegin + 5h);
  const TicketKeys::Key& his = other.present(kBegin + 5h);
  EXPECT_EQ(mine.name, his.name);
  EXPECT_EQ(mine.cipher, his.cipher);
  EXPECT_EQ(mine.mac, his.mac);
  EXPECT_NE(mine.cipher, mine.mac);
}

TEST(TicketKeys, those_of_another_seed_are_unknown) {
  TicketKeys one(seed(1), kBegin, 1h);
  TicketKeys other(seed(2), kBegin, 1h);
  EXPECT_EQ(other.find(name_of(one.present(kBegin)), kBegin), nullptr);
  EXPECT_EQ(other.find("short", kBegin), nullptr);
}

}  // namespace
}  // namespace hancock::io
