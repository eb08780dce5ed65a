// Network: messages between Parties: delayed, lost, repeated, reordered; and calls with an answer and a
// deadline. A Party that is cut off neither sends nor hears. One thread.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "base/error.h"
#include "sim/ground.h"
#include "sim/party.h"

namespace hancock::sim {

template <class T>
using Done = std::function<void(Result<T>)>;

class Network {
 public:
  explicit Network(Ground& ground) : ground_(ground) {}

  void cut(const Party& party) { cut_.insert(party.name()); }
  void mend(const Party& party) { cut_.erase(party.name()); }
  bool joins(const Party& a, const Party& b) const {
    return cut_.empty() || (!cut_.contains(a.name()) && !cut_.contains(b.name()));
  }

  /// How long a message takes.
  Duration delay();
  /// `arrive` happens at `to`, in the life that it has now: later, never, or twice.
  void send(const Party& from, Party& to, std::function<void()> arrive);

  /// `handle` happens at `to` and answers; `done` at `from`, once, in this life: with the answer, or
  /// kTimeout.
  template <class T>
  void call(Party& from, Party& to, Duration timeout, std::function<void(Done<T> answer)> handle,
            Done<T> done) {
    auto waiting = std::make_shared<Done<T>>(std::move(done));
    const auto finish = [waiting](Result<T> result) {
      if (const Done<T> told = std::exchange(*waiting, nullptr)) told(std::move(result));
    };
    const uint64_t life = from.life();
    from.after(timeout, [waiting, finish] {
      if (*waiting) finish(fail(ErrorCode::kTimeout, "no answer"));
    });
    send(from, to, [this, &from, &to, life, handle = std::move(handle), finish] {
      handle([this, &from, &to, life, finish](Result<T> result) {
        if (!reaches(to, from)) return;
        from.in_life(life, delay(), [finish, result = std::move(result)] { finish(result); });
      });
    });
  }

 private:
  bool reaches(const Party& from, const Party& to) {
    return joins(from, to) && !ground_.of_thousand(ground_.weather.lost);
  }

  Ground& ground_;
  std::set<std::string> cut_;
};

}  // namespace hancock::sim
