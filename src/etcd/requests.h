// The bodies of requests to etcd's v3 JSON gateway. Keys and values are base64, 64-bit numbers are strings
// (etcd's api reference, "rpc.proto"). Values only; any thread.
#pragma once

#include <string>
#include <string_view>

#include "store/store.h"

namespace hancock::etcd {

inline constexpr std::string_view kRangePath = "/v3/kv/range";
inline constexpr std::string_view kTransactionPath = "/v3/kv/txn";
inline constexpr std::string_view kWatchPath = "/v3/watch";
inline constexpr std::string_view kLeaseGrantPath = "/v3/lease/grant";
inline constexpr std::string_view kLeaseKeepAlivePath = "/v3/lease/keepalive";
inline constexpr std::string_view kLeaseRevokePath = "/v3/lease/revoke";
inline constexpr std::string_view kCompactionPath = "/v3/kv/compaction";
inline constexpr std::string_view kAuthenticatePath = "/v3/auth/authenticate";

/// At most `limit` keys; revision 0: the present one.
std::string range_request(const store::KeyRange& range, size_t limit, store::Revision revision);
std::string transaction_request(const store::Transaction& transaction);
/// Answers may be split (fragment), so that none is much larger than a transaction.
std::string watch_request(const store::KeyRange& range, store::Revision from);
/// Behind it in the same body: a second watch in that stream, of one key from now on, under kPulseWatch; the
/// first has the id 0.
inline constexpr int64_t kPulseWatch = 1;
std::string pulse_request(std::string_view key);
/// Whole seconds, rounded up; etcd raises it to its own minimum.
std::string lease_grant_request(Duration ttl);
/// Keep-alive and revoke.
std::string lease_request(store::LeaseId lease);
/// Physical: the answer comes when it is done.
std::string compaction_request(store::Revision revision);
std::string authenticate_request(std::string_view user, std::string_view password);

}  // namespace hancock::etcd
