// CallSet: the gRPC calls under way, so that they can be cancelled together. Thread-safe.
#pragma once

#include <grpcpp/client_context.h>

#include <mutex>
#include <set>

#include "base/clock.h"

namespace hancock::agent::cri {

class CallSet {
 public:
  /// One call's context, for as long as it runs.
  class Entry {
   public:
    Entry(CallSet& set, Duration timeout);
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;
    ~Entry();
    grpc::ClientContext* context() { return &context_; }

   private:
    CallSet& set_;
    grpc::ClientContext context_;
  };

  void cancel();

 private:
  std::mutex mutex_;
  std::set<grpc::ClientContext*> running_;  // guarded by mutex_
  bool cancelled_ = false;                  // guarded by mutex_
};

}  // namespace hancock::agent::cri
