// Between the schema's Timestamp and Duration and base/clock.h's types. Pure; any thread.
// What does not fit is brought to the nearest value that does: years 1 to 9999, Durations of 292 years.
#pragma once

#include <google/protobuf/duration.pb.h>
#include <google/protobuf/timestamp.pb.h>

#include "base/clock.h"

namespace hancock::model {

google::protobuf::Timestamp to_proto(WallTime time);
WallTime from_proto(const google::protobuf::Timestamp& time);
google::protobuf::Duration to_proto(Duration duration);
Duration from_proto(const google::protobuf::Duration& duration);

}  // namespace hancock::model
