// EndpointWriter: keeps this Node's part of the Registry as its Tasks want it, through the Masters' door.
//
// Level-triggered: reads what stands there, writes the difference, and starts over when a write did not hold
// or nothing was heard of it. Writes nothing before it knows the Node's fence. Loop's thread.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "agent/task/endpoint_plan.h"
#include "io/loop.h"
#include "io/signal.h"

namespace hancock::agent {

class EndpointWriter {
 public:
  /// How often all is read anew, whatever was heard meanwhile.
  static constexpr Duration kReadAgain = 30s;

  /// `registered(task, yes)` is called when that has changed, or was looked at again.
  EndpointWriter(io::Loop& loop, store::Store& store, std::string node,
                 std::function<void(const std::string& task, bool registered)> registered,
                 Duration read_again = kReadAgain)
      : loop_(loop),
        store_(store),
        node_(std::move(node)),
        registered_(std::move(registered)),
        read_again_(read_again),
        changed_(loop) {}

  /// From the leader: the mod_revision of nodes/<node>. A new one: everything is read again.
  void set_fence(store::Revision node_revision);
  /// One Task's endpoint; a Task that was never named, or is forgotten, is to have none.
  void want(const std::string& task, WantedEndpoint wanted);
  void forget(const std::string& task);
  /// All Tasks have been named: only from now on is anything written.
  void open();

  /// Until destroyed.
  io::Async<void> run();

 private:
  io::Async<Result<void>> reconcile();
  io::Async<Result<void>> read();
  io::Async<Result<void>> write(store::Transaction transaction);
  void tell();

  io::Loop& loop_;
  store::Store& store_;
  std::string node_;
  std::function<void(const std::string&, bool)> registered_;
  Duration read_again_;
  registry::Keys keys_;
  io::Signal changed_;
  store::Revision fence_;
  bool open_ = false;
  bool known_ = false;  // stored_ is what the store holds, as far as we know
  TimePoint read_at_{};
  std::map<std::string, WantedEndpoint> wanted_;
  std::map<std::string, StoredEndpoint> stored_;
};

}  // namespace hancock::agent
