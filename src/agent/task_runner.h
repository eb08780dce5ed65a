// TaskRunner: one Task on this Node: feeds its logic with what happens, and does what the logic asks for.
//
// Owned by the TaskTable, which destroys it once is_over(). Loop's thread. What it borrows outlives it;
// destroying it ends what it does where it waits, and leaves the pod as it is. What is needed to go on after
// a kill is in the journal before anything is started, stopped or removed.
#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <string>

#include "agent/container_commands.h"
#include "agent/found_pods.h"
#include "agent/images/images.h"
#include "agent/journal.h"
#include "agent/pods.h"
#include "agent/prober.h"
#include "agent/task/task_logic.h"
#include "io/scope.h"
#include "io/timer.h"

namespace hancock::agent {

/// What every Task of a Node uses.
struct TaskServices {
  io::Loop& loop;
  Clock& clock;
  Random& random;
  Pods& pods;
  Images& images;
  Prober& prober;
  ContainerCommands& pre_stops;
  Journal& journal;
  std::string boot_id;
};

class TaskRunner {
 public:
  /// `changed` is called after anything has changed that report(), record() or wish() tell.
  TaskRunner(const TaskServices& services, model::Assignment assignment, std::function<void()> changed);
  TaskRunner(const TaskRunner&) = delete;
  TaskRunner& operator=(const TaskRunner&) = delete;
  ~TaskRunner();

  /// What an earlier Agent wrote down. Before begin().
  void remember(const TaskRecord& record);
  /// Starts to work, from what the runtime has of the Task.
  void begin(const FoundTask& found);
  bool begun() const { return begun_; }
  /// Why it has not begun yet, for people.
  void wait_for(const std::string& why);

  /// A newer word of the leader. One that was dismissed ends first: its owner begins anew with next().
  void assign(const model::Assignment& assignment);
  /// No longer assigned: ends and removes it.
  void dismiss();
  bool dismissed() const { return dismissed_; }
  const std::optional<model::Assignment>& next() const { return next_; }
  /// The leader has given it up and not decided yet: it runs on, and its endpoint is the leader's.
  void set_undecided();
  /// Nothing is left on the Node, and nothing will come.
  bool is_over() const { return hancock::agent::is_over(state_) && scope_.running() == 0; }

  /// When a Master was last heard.
  void set_contact(TimePoint last);
  /// Its endpoint stands in the Registry (or does not): only then is it reported as ready.
  void set_registered(bool registered);
  /// The runtime has forgotten its container, which may still run: nobody else could end it.
  void end_forgotten();

  EndpointWish wish() const;
  model::TaskReport report() const;
  TaskRecord record() const;
  const model::Assignment& assignment() const { return assignment_; }
  /// Id of the image that its containers are made from; "": not known yet.
  const std::string& image() const { return image_id_; }
  const TaskState& state() const { return state_; }
  const Pod& pod() const { return pod_; }

 private:
  void feed(Input input);
  bool take(const Input& input);
  void note_ready();
  void note_image();
  io::Async<void> publish_again();

  // task_runner_works.cc
  void work(Work work, uint64_t id);
  io::Async<void> write_down();
  io::Async<void> pull(uint64_t id);
  io::Async<void> start(uint64_t id);
  io::Async<void> stop(uint64_t id);
  io::Async<void> pre_stop(uint64_t id);
  io::Async<void> remove(uint64_t id);
  io::Async<void> probe(ProbeKind kind, uint32_t attempt);
  io::Async<void> watch_exit(uint32_t attempt);
  void tell_stopped();
  void finish(uint64_t id, const Result<void>& result, Blame blame, std::string message);

  TaskServices services_;
  model::Assignment assignment_;
  std::optional<model::Assignment> next_;
  TaskPolicy policy_;
  std::function<void()> changed_;
  TaskState state_;
  Pod pod_;
  std::string digest_;
  std::string image_id_;
  std::string container_;  // that runs or ran last
  std::optional<WallTime> started_at_;
  std::optional<WallTime> ready_at_;
  std::string waiting_;  // why it has not begun
  TimePoint contact_ = kForever;
  TimePoint begun_with_ = kForever;  // contact_, when it began
  bool begun_ = false;
  bool rebooted_ = false;  // the machine was, since an earlier Agent wrote
  bool dismissed_ = false;
  bool undecided_ = false;
  bool registered_ = false;

  std::deque<Input> inputs_;  // that came while one was taken
  bool taking_ = false;
  io::Timer timer_;
  io::Scope scope_;
};

}  // namespace hancock::agent
