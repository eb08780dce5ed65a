// TicketKeys: what a server seals session tickets with: a key for each period, the next one made from the one
// before, which is forgotten after two more periods.
//
//   TicketKeys keys(seed, loop.now(), 1h);
//   const TicketKeys::Key& key = keys.present(loop.now());
//   const TicketKeys::Key* old = keys.find(name, loop.now());
//
// Who starts from the same seed at the same time has the same keys at any time, without a word between them:
// a process's workers; so does who goes on from another's state(), in another process. Nobody who learns
// today's keys can open what was sealed with the forgotten ones. Values only; one thread each.
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

  struct State {
    Seed next;             // what the next key is made from,
    TimePoint due;         // and when
    std::deque<Key> keys;  // the newest first
  };

  /// The keys are made when one is asked for.
  TicketKeys(const Seed& seed, TimePoint begun, Duration period = kTicketPeriod);
  /// Goes on from there.
  explicit TicketKeys(State state, Duration period = kTicketPeriod)
      : state_(std::move(state)), period_(period) {}

  /// As it is now.
  const State& state(TimePoint now);

  /// What to seal with now.
  const Key& present(TimePoint now);
  /// One that is still accepted; nullptr: unknown or forgotten.
  const Key* find(std::string_view name, TimePoint now);

 private:
  static constexpr size_t kKept = 3;  // this period's and two before: as long as a ticket's life, and a bit
  void move_on(TimePoint now);

  State state_;
  Duration period_;
};

}  // namespace hancock::io
