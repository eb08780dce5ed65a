#include "model/time.h"

#include <algorithm>

namespace hancock::model {
namespace {

constexpr int64_t kNanosPerSecond = 1'000'000'000;
constexpr int64_t kNanosPerMilli = 1'000'000;
// Years 0001 and 9999, what Timestamp may hold.
constexpr int64_t kFirstSecond = -62'135'596'800;
constexpr int64_t kLastSecond = 253'402'300'799;

int32_t clamp_nanos(int32_t nanos, int32_t low) { return std::clamp(nanos, low, 999'999'999); }

}  // namespace

google::protobuf::Timestamp to_proto(WallTime time) {
  const auto second = std::chrono::floor<std::chrono::seconds>(time);
  google::protobuf::Timestamp result;
  result.set_seconds(second.time_since_epoch().count());
  result.set_nanos(static_cast<int32_t>((time - second).count() * kNanosPerMilli));
  return result;
}

WallTime from_proto(const google::protobuf::Timestamp& time) {
  const int64_t seconds = std::clamp(time.seconds(), kFirstSecond, kLastSecond);
  return WallTime(std::chrono::seconds(seconds)) +
         std::chrono::milliseconds(clamp_nanos(time.nanos(), 0) / kNanosPerMilli);
}

google::protobuf::Duration to_proto(Duration duration) {
  google::protobuf::Duration result;
  result.set_seconds(duration.count() / kNanosPerSecond);
  result.set_nanos(static_cast<int32_t>(duration.count() % kNanosPerSecond));
  return result;
}

Duration from_proto(const google::protobuf::Duration& duration) {
  constexpr int64_t kSecondsMax = Duration::max().count() / kNanosPerSecond;
  const int64_t nanos = clamp_nanos(duration.nanos(), -999'999'999);
  if (duration.seconds() >= kSecondsMax) return Duration::max();
  if (duration.seconds() <= -kSecondsMax) return Duration::min();
  return Duration(duration.seconds() * kNanosPerSecond + nanos);
}

}  // namespace hancock::model
