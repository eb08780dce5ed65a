// MemoryWatch: a watch of a MemoryStore. It keeps the revision to read next, and reads the server's history
// when it is asked. Loop's thread only.
#pragma once

#include "store/memory_store.h"

namespace hancock::store {

class MemoryWatch final : public Watch {
 public:
  MemoryWatch(MemoryStore& store, KeyRange range, Revision from);
  ~MemoryWatch() override;

  io::Async<Result<WatchBatch>> next(TimePoint deadline) override;

  void wake() { changed_.set(); }
  void drop();
  void skip();

 private:
  Result<WatchBatch> take();

  MemoryStore& store_;
  KeyRange range_;
  Revision from_;
  io::Signal changed_;
  bool dropped_ = false;
};

}  // namespace hancock::store
