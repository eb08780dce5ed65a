// What HTML is written with. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace hancock::slardar {

/// `text`, fit for an element, or an attribute in quotes.
std::string html_escaped(std::string_view text);

}  // namespace hancock::slardar
