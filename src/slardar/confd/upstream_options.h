// The options of an operator's upstream, beside its servers: what is checked, how peers are chosen, how often
// and how long a request is tried. Pure.
#pragma once

#include "slardar/confd/json_fields.h"
#include "slardar/confd/upstream_record.h"

namespace hancock::slardar {

/// Is that member of an upstream's body an option?
bool is_upstream_option(std::string_view member);
/// Takes the options of a body over into the record; other members are not looked at.
Result<void> decode_options(const json_fields::Json& body, UpstreamRecord& record);
/// Writes those that are not the default.
void encode_options(const UpstreamRecord& record, json_fields::Json& body);

}  // namespace hancock::slardar
