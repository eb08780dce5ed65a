// Drain: how a worker ends: by when, and how its visitors' going is spread, so that not all come back to the
// next gateway in one moment. Values only; pure.
#pragma once

#include <memory>
#include <set>
#include <string>

#include "base/clock.h"

namespace hancock::slardar {

/// Where in the window of a drain a connection has its moment: its share of 2^32.
using DrainShare = uint32_t;

struct Drain {
  Drain() = default;
  Drain(TimePoint now, Duration span) : begin(now), deadline(now + span) {}

  /// From then on its answers say that they are the last, and GOAWAY is sent.
  TimePoint moment_of(DrainShare share) const {
    const auto window = static_cast<uint64_t>(Duration((deadline - begin) / kWindowPart).count());
    return begin +
           Duration(static_cast<int64_t>((window >> 32) * share + ((window & UINT32_MAX) * share >> 32)));
  }
  /// Whoever is idle then has nothing more to ask. A head may have been on its way at its moment.
  TimePoint end_of_idle(DrainShare share) const { return std::min(deadline, moment_of(share) + kGrace); }

  static constexpr int kWindowPart = 15;        // of the whole: 2 s of 30 s
  static constexpr Duration kGrace = 500ms;     // for one request more
  static constexpr Duration kLastWord = 500ms;  // for the answers to what is left at the deadline

  TimePoint begin;
  TimePoint deadline = kForever;  // what is left then is cut
  /// Another process listens at these addresses, on the same sockets: nothing that waits there is ours.
  std::shared_ptr<const std::set<std::string>> handed_over;
};

}  // namespace hancock::slardar
