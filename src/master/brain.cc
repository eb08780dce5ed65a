#include "master/brain.h"

#include "base/log.h"

namespace hancock::master {
namespace {

constexpr size_t kThreads = 1;  // whoever hands in slow specs waits behind his own

// A followed log may be silent for as long as it likes; bodies that are read whole have deadlines of their
// own.
http::ServerLimits server_limits() {
  http::ServerLimits limits;
  limits.body_idle = 24h;
  return limits;
}

}  // namespace

Brain::Brain(io::Loop& loop, const Clock& clock, Random& random, store::Store& store, BrainOptions options)
    : loop_(loop),
      clock_(clock),
      options_(std::move(options)),
      replica_(loop, store, random, options_.keys),
      leadership_(loop, clock, store, {.master = options_.master, .keys = options_.keys}),
      committer_(loop, clock_, store, replica_.state(), leadership_, metrics_),
      decisions_(loop, replica_, committer_, leadership_),
      reconciler_({loop, clock_, random, store, replica_, leadership_, committer_, decisions_, metrics_},
                  [this](const State& state) { return first_change(state); }),
      pool_(kThreads),
      relay_(loop, random, replica_.changed()),
      member_(loop),
      context_{loop,   clock_,   random,   replica_, leadership_, decisions_,      reconciler_,
               relay_, streams_, metrics_, pool_,    member_,     options_.member, options_.keys},
      api_(context_),
      server_(
          loop, [this](http::Exchange& exchange) { return api_.handle(exchange); }, server_limits()) {}

Result<io::Address> Brain::start() {
  auto address = server_.listen(options_.listen);
  if (!address) return address;
  leadership_.set_address(address->to_string());
  scope_.spawn(replica_.run());
  scope_.spawn(leadership_.run());
  scope_.spawn(reconciler_.watch_for_restores());
  scope_.spawn(reconciler_.run());
  scope_.spawn(reconciler_.watch_for_gaps());
  return address;
}

// What a new cluster lacks; the token files are looked at only while the store has none.
Result<Change> Brain::first_change(const State& state) const {
  const bool complete = state.tokens().contains("operator") && state.tokens().contains("agent");
  if (!options_.bootstrap || complete) return Change();
  auto tokens = ensure_tokens(options_.paths);
  if (!tokens) return forward_error(tokens);
  return bootstrap(state, *tokens, clock_.wall());
}

io::Async<void> Brain::stop(TimePoint deadline) {
  replica_.changed().set();  // streams look whether they are to end
  co_await server_.close(deadline);
  scope_.cancel();  // whatever is under way in the store is safe to lose
}

}  // namespace hancock::master
