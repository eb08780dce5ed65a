// TicketKeys: what a server seals session tickets with: a key for each period, the next one made from the one
// before, which is forgotten after two more periods.
//
//   TicketKeys keys(seed, loop.now(), 1h);
//   const TicketKeys::Key& key = keys.present(loop.now());
//   const TicketKeys::Key* old = keys.find(name, loop.now());
//
// Who starts from the same seed at the same time has the same keys at any time, without a word between them:
// a process's workers. Nobody who learns today's keys can open what was sealed with the forgotten ones.
// Values only; one thread each.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <string_view>

#include "base/clock.h"

namespace hancock::io {

/// What a ticket is good for, and the most that one is accepted: RFC 8446 section 4.6.1 allows seven days.
inline constexpr Duration kTicketLife = 2h;
inline constexpr Duration kTicketPeriod = 1h;

class TicketKeys {
 public:
  using Seed = std::array<unsigned char, 32>;
  struct Key {
    std::array<unsigned char, 16> name;
    std::array<unsigned char, 32> cipher;  // AES-256-CBC
    std::array<unsigned char, 32> mac;     // HMAC-SHA-256
  };

  TicketKeys(const Seed& seed, TimePoint begun, Duration period = kTicketPeriod);

  /// What to seal with now.
  const Key& present(TimePoint now);
  /// One that is still accepted; nullptr: unknown or forgotten.
  const Key* find(std::string_view name, TimePoint now);

 private:
  static constexpr size_t kKept = 3;  // this period's and two before: as long as a ticket's life, and a bit
  void move_on(TimePoint now);

  Seed next_;
  TimePoint due_;  // of the next key
  Duration period_;
  std::deque<Key> keys_;  // the newest first
};

}  // namespace hancock::io
