// NodeStreams: which Nodes' Agents have an assignment stream open here. The newest of a Node counts; an older
// one, whose connection may be dead without having said so, is to end.
//
// Loop's thread only.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace hancock::master {

class NodeStreams {
 public:
  /// One open stream; the Node counts as connected as long as its newest lives.
  class Attachment {
   public:
    Attachment(NodeStreams& streams, std::string node) : streams_(streams), node_(std::move(node)) {
      generation_ = ++streams_.generations_;
      streams_.newest_[node_] = generation_;
    }
    Attachment(const Attachment&) = delete;
    Attachment& operator=(const Attachment&) = delete;
    ~Attachment() {
      if (is_newest()) streams_.newest_.erase(node_);
    }
    bool is_newest() const {
      const auto newest = streams_.newest_.find(node_);
      return newest != streams_.newest_.end() && newest->second == generation_;
    }

   private:
    NodeStreams& streams_;
    std::string node_;
    uint64_t generation_ = 0;
  };

  bool connected(std::string_view node) const { return newest_.find(node) != newest_.end(); }

 private:
  uint64_t generations_ = 0;
  std::map<std::string, uint64_t, std::less<>> newest_;
};

}  // namespace hancock::master
