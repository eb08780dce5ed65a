// The answers of etcd's v3 JSON gateway, 3.4 to 3.6. Members with their default value are left out there, and
// 64-bit numbers are strings; numbers are taken as well. Values only; any thread.
//
// An answer that makes no sense is kUnavailable: it says nothing about what happened.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "store/store.h"

namespace hancock::etcd {

struct RangeAnswer {
  std::vector<store::KeyValue> items;
  store::Revision revision;
  bool more = false;  // the limit was reached
};
Result<RangeAnswer> decode_range(std::string_view body);

Result<store::TransactionResult> decode_transaction(std::string_view body);
Result<store::LeaseId> decode_lease_grant(std::string_view body);
/// kNotFound: the lease is over (a TTL of 0 or none).
Result<void> decode_keep_alive(std::string_view body);
/// The token.
Result<std::string> decode_authenticate(std::string_view body);

/// One line of a watch.
struct WatchAnswer {
  int64_t watch_id = 0;
  bool created = false;
  bool canceled = false;
  bool fragment = false;             // more of the last revision follows
  store::Revision compact_revision;  // with canceled: history before it is gone
  store::Revision revision;          // of the store; what lies between it and the events may be still to come
  std::string cancel_reason;
  std::vector<store::WatchEvent> events;
};
/// Also the errors that stand in the stream.
Result<WatchAnswer> decode_watch(std::string_view line);

/// An answer other than 200.
Error decode_error(int http_status, std::string_view body);
/// By gRPC's code and etcd's words.
Error error_of(int64_t grpc_code, std::string_view message);

}  // namespace hancock::etcd
