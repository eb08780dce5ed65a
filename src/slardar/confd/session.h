// Session: this gateway's life in the Registry: presence, then load, then follow; and what it says of itself.
//
//   announce (applied 0)  ->  read and follow  ->  workers swap  ->  applied R
//         ^--------------- lease lost ---------------'
//
// While a barrier is open its record is put on every change, at most every kPutEvery; else only when what is
// refused has changed, or what is counted of Versions that share visitors (every kCountEvery), and once after
// a load. Control thread.
#pragma once

#include "io/scope.h"
#include "io/signal.h"
#include "slardar/confd/confd.h"
#include "slardar/confd/presence.h"
#include "slardar/confd/publisher.h"

namespace hancock::slardar {

class Session {
 public:
  static constexpr Duration kPutEvery = 20ms;
  static constexpr Duration kCountEvery = 1s;
  /// Services whose answers are told of; of others, by their names behind these, are not.
  static constexpr size_t kCountedMax = 32;

  /// `self`: id, address, site and version of this gateway.
  Session(io::Loop& loop, store::Store& store, registry::Keys keys, registry::GatewayRecord self,
          WorkerGroup& workers, Publisher& publisher, Freshness& freshness);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session();

  void start();
  /// Ends everything and takes the record away.
  io::Async<void> close();

  /// Builds a snapshot from the records as they are.
  void rebuild();
  /// The workers have said something new.
  void acknowledged();
  /// What was read has come to a snapshot, or asks for none.
  void on_built(std::function<void()> callback) { confd_.on_built(std::move(callback)); }
  void set_address(std::string address) { self_.address = std::move(address); }
  /// It is known by this id from now on, or as soon as the Registry can be told.
  void take_id(std::string id);
  const std::string& id() const { return self_.id; }

  /// Every worker serves from some snapshot: of the Registry, or from disk.
  bool serving() const { return workers_.acknowledgement().number() > 0; }
  /// Every worker serves from what was read since the lease was made, and the lease lives.
  bool current() const;
  bool in_touch() const { return presence_.in_touch(); }
  /// When something of the Registry was heard last, or the lease renewed.
  TimePoint last_contact() const { return std::max(presence_.last_touch(), confd_.last_contact()); }
  registry::Position applied() const;
  const Confd& confd() const { return confd_; }
  const std::string& last_error() const { return last_error_; }

 private:
  io::Async<void> stay_announced();
  io::Async<void> publish_record();
  io::Async<void> count_answers();
  io::Async<Result<void>> move_record();
  void become(std::string id);
  void records_changed();
  void cold_start();
  /// Tells the workers until when, and the disk since when, all of this is sure.
  void say_how_fresh();
  bool has_applied_all() const;
  registry::GatewayRecord record() const;
  bool worth_putting(const registry::GatewayRecord& record) const;

  io::Loop& loop_;
  registry::GatewayRecord self_;
  std::string next_id_;  // "": none
  WorkerGroup& workers_;
  Publisher& publisher_;
  Freshness& freshness_;
  Presence presence_;
  Confd confd_;
  uint64_t current_from_ = UINT64_MAX;  // number of the first snapshot since the lease was made
  bool announced_ = false;
  ServiceAnswers answers_;
  std::string last_error_;
  io::Signal changed_;
  io::Timer cold_start_timer_;
  io::Scope scope_;
};

}  // namespace hancock::slardar
