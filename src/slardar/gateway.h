// Gateway: one slardar process, from its flags to its end. Wires the parts and knows their order.
//
//   io::Loop loop;
//   Gateway gateway(loop, config, store);
//   int exit_code = loop.block_on(gateway.run());
//
// The loop is the control thread's; loop and store outlive it.
#pragma once

#include "io/scope.h"
#include "io/signal.h"
#include "slardar/admin/admin.h"
#include "slardar/confd/local_store.h"
#include "slardar/confd/session.h"
#include "slardar/config/config.h"
#include "slardar/lua/check_scripts.h"
#include "slardar/tls/certificate_watch.h"
#include "slardar/upgrade/entrances.h"
#include "slardar/upgrade/predecessor.h"
#include "slardar/upgrade/succession.h"

namespace hancock::slardar {

class Gateway {
 public:
  /// `predecessor`: whose place it takes once it could serve; nullptr: nobody's.
  Gateway(io::Loop& loop, Config config, store::Store& store,
          std::unique_ptr<Predecessor> predecessor = nullptr);
  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;
  ~Gateway();

  /// Until stop(), or until a successor serves. 0 after a drain; 1 when something could not be started, the
  /// predecessor does not go, or a thread hangs at the end (it is logged).
  io::Async<int> run();
  /// Drains, then run() ends; called again, what is in flight is cut at once.
  void stop();
  /// The store, where it is this process's own: a successor is lent what it keeps on disk. Before run().
  void set_local_store(LocalStore& store) { local_store_ = &store; }
  /// Looks at once whether the certificates' files have changed.
  void look_at_certificates() { certificates_.look_now(); }
  /// Opens the access log anew: its file was moved.
  void reopen_log();
  /// After run(): a thread has not ended, and the destructor would wait for it. Leave by std::_Exit.
  bool hangs() const { return hangs_; }
  /// Where the first listener of that kind ("http", "https", "tcp", "admin") is bound; nullopt before it is.
  std::optional<io::Address> address_of(std::string_view kind) const { return entrances_.address_of(kind); }

 private:
  // Its start (gateway_start.cc).
  io::Async<bool> start();
  io::Async<bool> load();
  io::Async<bool> open(Sockets inherited);
  io::Async<bool> serve();
  io::Async<Result<Sockets>> inherit();
  io::Async<Result<void>> take_over_changes();
  io::Async<void> succeed();
  bool start_admin(Sockets& inherited);
  void await_successor(Sockets& inherited);
  io::Async<Sockets> copy_sockets();

  io::Async<void> serve_to_the_end();
  io::Async<bool> give_way();
  io::Async<void> drain();
  io::Async<void> tick();
  bool ready() const;
  io::Async<GatewayView> view();
  const std::string& conf_hash();

  io::Loop& loop_;
  const Config config_;
  const WallTime started_;
  const std::unique_ptr<Predecessor> predecessor_;
  const registry::GatewayRecord self_;  // as it starts
  io::TicketKeys tickets_;
  Freshness freshness_;
  const std::unique_ptr<AccessLog> access_log_;  // nullptr: none is wanted, or it cannot be opened
  PortGate ports_;
  WorkerGroup workers_;
  CheckScripts check_scripts_;
  Checker checker_;
  Publisher publisher_;
  Session session_;
  CertificateWatch certificates_;
  io::Signal progress_;  // the workers have swapped, or what was read is built
  RecordWriter writer_;
  Admin admin_;
  Entrances entrances_;
  Succession succession_;
  LocalStore* local_store_ = nullptr;
  uint64_t hashed_ = 0;  // the snapshot of which that is the hash
  std::string conf_hash_;
  bool listening_ = false;
  int stops_ = 0;
  bool hangs_ = false;
  io::Signal stop_;
  io::Scope scope_;
};

}  // namespace hancock::slardar
