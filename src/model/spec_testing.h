// For tests of the loader: tables of wrong texts and what is said about them. Tests only.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "model/spec_loader.h"

namespace hancock::model {

struct Refusal {
  std::string_view text;
  std::string_view said;  // "LINE: MESSAGE", one a line
};

/// A service `web` with one port, and `body` from line 6 on.
std::string web(std::string_view body);
/// The same without the port: from line 5 on.
std::string bare_web(std::string_view body);
/// `text` itself.
std::string whole(std::string_view text);

/// Each text, made a spec by `make`, is refused with exactly what is said; and every mistake carries what
/// programs need beside the message.
void expect_refusals(std::string (*make)(std::string_view), const std::vector<Refusal>& refusals);

/// Of a spec that must be right.
AppSpec load(std::string_view text);

}  // namespace hancock::model
