// ImageKeeper: keeps the disk that images lie on from filling up: when it is too full, images that nobody
// needs are removed, least recently used first.
//
// What a container of the Node was made from, whoever's it is, what a Task needs that is known here, what the
// newest two Versions of its Service have used, and what the runtime has pinned, stays. Loop's thread.
#pragma once

#include <functional>
#include <set>
#include <string>

#include "agent/images/image_plan.h"
#include "agent/images/images.h"
#include "agent/task_table.h"

namespace hancock::agent {

class ImageKeeper {
 public:
  /// `changed` is called when problem() has changed.
  ImageKeeper(Runtime& runtime, Images& images, const TaskTable& table, ImageLimits limits,
              std::function<void()> changed)
      : runtime_(runtime), images_(images), table_(table), limits_(limits), changed_(std::move(changed)) {}

  /// Until destroyed. Begins when it is known what is assigned, and what the runtime has.
  io::Async<void> run();

  /// Why the disk stays too full, for people; "" when it does not.
  const std::string& problem() const { return problem_; }

 private:
  struct Disk;
  struct Stock;
  io::Async<void> look();
  io::Async<Result<Disk>> measure();
  io::Async<Result<Stock>> take_stock();
  io::Async<Result<Disk>> collect(Stock stock, Disk disk);
  std::set<std::string> needed() const;
  void note_room(const Disk& disk);
  void note(std::string problem);

  Runtime& runtime_;
  Images& images_;
  const TaskTable& table_;
  ImageLimits limits_;
  std::function<void()> changed_;
  std::string problem_;
  bool has_room_ = false;  // when it was looked at last
};

}  // namespace hancock::agent
