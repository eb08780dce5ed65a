// Messages of the schema as JSON: what the REST API shows and what Agents send.
//
// snake_case keys; 64-bit numbers as numbers (read as numbers or strings); Timestamp as RFC 3339; Duration as
// "30s"; enum values by their names ("ready", see enum_names.h); a Duration, Timestamp or message that is
// not set is left out, every other field is written. Pure; any thread. Walks the schema by reflection, so a
// new field needs nothing.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace google::protobuf {
class Message;
}

namespace hancock::model {

/// One line, no blanks; map keys in order, so that equal messages are equal texts. Strings that are not UTF-8
/// get U+FFFD where they are wrong; an infinite double is null. Times are rounded down to milliseconds.
std::string to_json(const google::protobuf::Message& message);

/// Reads one object over `message` (cleared first; half-read after an error). Members that the schema does
/// not know are ignored, null is as good as absent, a member that stands twice is refused: for what programs
/// send one another. Files of people go through spec_loader.h. Errors: kInvalid with field
/// ("tasks[0].state").
Result<void> from_json(std::string_view text, google::protobuf::Message& message);

}  // namespace hancock::model
