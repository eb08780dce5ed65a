#include "slardar/http/failure.h"

#include <array>

namespace hancock::slardar {
namespace {

struct Row {
  std::string_view code;
  int status;
  bool is_of_server = false;
};

constexpr std::array<Row, kFailures> kRows{{
    {"", 200},
    {"no_route", 404},
    {"no_peer", 503, true},
    {"stale", 503},
    {"bad_request", 400},
    {"body_too_large", 413},
    {"head_too_large", 431},
    {"limited", 429},
    {"connect_failed", 502, true},
    {"connect_timeout", 504, true},
    {"head_timeout", 504, true},
    {"idle_timeout", 504, true},
    {"bad_response", 502, true},
    {"peer_closed", 502, true},
    {"script_error", 500},
    {"draining", 503},
}};

const Row& row_of(Failure failure) { return kRows[static_cast<size_t>(failure)]; }

}  // namespace

std::string_view to_string(Failure failure) { return row_of(failure).code; }
int status_of(Failure failure) { return row_of(failure).status; }
bool is_of_server(Failure failure) { return row_of(failure).is_of_server; }

Failure failure_of_head(int status) {
  return status == 431 || status == 414 ? Failure::kHeadTooLarge : Failure::kBadRequest;
}

}  // namespace hancock::slardar
