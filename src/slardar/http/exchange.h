// Exchange: one request from its parsed head to the end of its answer: route, tries, relay, or an answer of
// our own. Lives in the coroutine that serves the request; destroying it before its end cancels the try, and
// is counted as a visitor who left. Worker's thread only.
#pragma once

#include <optional>

#include "slardar/http/request.h"
#include "slardar/http/upstream_try.h"

namespace hancock::slardar {

class Exchange {
 public:
  explicit Exchange(Request& request) : request_(request) {}

  io::Async<After> run();

 private:
  class Counted;
  enum class Next { kAnswered, kRetry, kGiveUp };

  Scripts::End run_script();
  io::Async<After> answer_by_script();

  std::optional<RouteIndex> find(const Snapshot& snapshot) const;
  bool enter_route();
  std::optional<ClientHash> client_of(const Route& route);
  io::Async<After> serve();
  Next after_failed_try(UpstreamTry::Outcome outcome);
  Pick instead_of_answer(const RouteFinder& find);
  void note_failed_try(std::string why);
  void note_bad_try(std::string why);
  void count_try();
  bool may_resend() const;
  bool may_try_again() const;
  io::Async<After> refuse(Failure failure, int status = 0);
  io::Async<After> refuse_for_now();
  io::Async<After> redirect();
  io::Async<After> answer_options();
  After after_own_answer() const;
  void account();
  void note_health(bool good);
  void note_out(const Pick& pick);
  void add_to_log() const;
  Labels labels() const;

  Request& request_;
  std::optional<UpstreamTry> try_;
  TriedServers tried_;
  uint32_t tries_ = 0;       // that count against the route's
  TimePoint try_began_;      // the present one
  Duration tried_for_{0};    // those before it
  bool stale_used_ = false;  // the one free retry after a dead pooled connection
  uint32_t refused_ = 0;     // tries that HTTP/2 peers refused
  Failure last_failure_ = Failure::kNoPeer;
};

/// Refuses a request whose head could not be read: answered, counted, logged. False as send_failure.
io::Async<bool> refuse_head(Request& request, Failure failure, int status);

/// An answer of the gateway's own, with its code; `status` 0 = the failure's; `retry_after`: seconds, or "".
/// Gives false when it could not be sent.
io::Async<bool> send_failure(Request& request, Failure failure, int status, After after,
                             std::string_view retry_after = {});

}  // namespace hancock::slardar
