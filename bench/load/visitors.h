// Visitors: make the requests of a Timetable, each at its time, through gateways of which some may be away.
//
// A visitor asks the gateway that the Timetable names, or another one when that is not well. What cannot be
// connected to has lost nothing: he goes to the next one. A request that was sent and failed has failed; he
// makes it once more, through another gateway, and that is noted beside the failure.
//
// Loop's thread only.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "io/scope.h"
#include "load/gateway.h"
#include "load/ledger.h"
#include "load/long_stream.h"
#include "load/timetable.h"

namespace hancock::load {

class Visitors {
 public:
  /// `options` outlives it.
  Visitors(io::Loop& loop, const Options& options);

  /// Makes them all, and gives the Ledger's summary. `*told`: those that go on may end.
  io::Async<nlohmann::json> run(const bool* told);

 private:
  std::string text_of(const Request& request) const;
  std::string body_of(const Request& request) const;
  std::string fault_of(const Request& request, const Answer& answer) const;
  size_t next_well(size_t gateway) const;
  void start_streams(io::Scope& beside);
  io::Async<void> make_requests(io::Scope& visits, const bool* told);
  io::Async<void> visit(Request request);
  io::Async<Try> try_anywhere(const Request& request, size_t first, size_t* moves);
  io::Async<Try> try_once(const Request& request, size_t gateway, TimePoint deadline);

  io::Loop& loop_;
  const Options& options_;
  Timetable timetable_;
  Ledger ledger_;
  std::vector<Gateway> gateways_;
  std::vector<std::unique_ptr<LongStream>> streams_;
};

}  // namespace hancock::load
