// StatusPage: GET /status for people: an HTML document that keeps itself up to date. Everything that is not
// ours is escaped, and nothing is loaded from anywhere else. Pure; any thread.
#pragma once

#include <string>

#include "http/message.h"
#include "slardar/admin/status_report.h"

namespace hancock::slardar {

/// What of it is asked for.
struct StatusPart {
  std::string upstream;        // "": all, the worst first
  size_t servers_max = 1'000;  // beyond them an upstream is one line
};

std::string status_page(const GatewayView& view, const StatusPart& part = {});

/// The field Content-Security-Policy that goes with it: its own style and script, and nothing else.
const std::string& status_page_policy();

/// That `Accept` asks for HTML, and for JSON not before it.
bool wants_html(const http::Headers& headers);

}  // namespace hancock::slardar
