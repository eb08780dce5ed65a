// AssignmentStream: hears from the leader what this Node is to run: one long-lived answer, a line at a time.
//
// A Master that is silent for longer than a few signs of life, does not lead, or does not answer is left for
// the next one in the list, with back-off. A line of an earlier leader than one already heard is refused.
// Loop's thread.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "agent/masters.h"
#include "agent/reporter.h"
#include "base/random.h"
#include "hancock/wire.pb.h"
#include "http/client.h"

namespace hancock::agent {

/// Who leads: compared epoch first.
struct Reign {
  int64_t epoch = 0;
  int64_t term = 0;
  friend auto operator<=>(const Reign&, const Reign&) = default;
};

class AssignmentStream {
 public:
  using Take = std::function<void(const model::AssignmentLine& line)>;
  /// `seen`: the latest reign heard of, from the journal.
  AssignmentStream(io::Loop& loop, http::Client& client, Masters& masters, Reporter& reporter, Random& random,
                   Reign seen, Take take)
      : loop_(loop),
        client_(client),
        masters_(masters),
        reporter_(reporter),
        random_(random),
        seen_(seen),
        take_(std::move(take)) {}

  /// Until destroyed.
  io::Async<void> run();

  const Reign& seen() const { return seen_; }
  bool connected() const { return connected_; }

 private:
  io::Async<Result<void>> connect_and_listen();
  io::Async<Result<void>> listen(http::Call& call);
  Result<void> take(const std::string& text, bool first);
  void set_connected(bool connected);

  io::Loop& loop_;
  http::Client& client_;
  Masters& masters_;
  Reporter& reporter_;
  Random& random_;
  Reign seen_;
  Take take_;
  bool connected_ = false;
};

}  // namespace hancock::agent
