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
#include "slardar/admin.h"
#include "slardar/certificate_watch.h"
#include "slardar/config.h"
#include "slardar/session.h"

namespace hancock::slardar {

class Gateway {
 public:
  Gateway(io::Loop& loop, Config config, store::Store& store);
  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;
  ~Gateway();

  /// Until stop(). 0 after a drain; 1 when something could not be started, or a thread hangs at
  /// the end (it is logged).
  io::Async<int> run();
  /// Drains, then run() ends; called again, what is in flight is cut at once.
  void stop();
  /// Looks at once whether the certificates' files have changed.
  void look_at_certificates() { certificates_.look_now(); }
  /// Opens the access log anew: its file was moved.
  void reopen_log();
  /// After run(): a thread has not ended, and the destructor would wait for it. Leave by std::_Exit.
  bool hangs() const { return hangs_; }
  /// Where the first listener of that kind ("http", "https", "tcp", "admin") is bound; nullopt before it is.
  std::optional<io::Address> address_of(std::string_view kind) const;

 private:
  io::Async<bool> start();
  bool start_admin();
  bool probe_listeners();
  io::Async<bool> open_listeners();
  io::Async<bool> open_visitors();
  io::Async<void> drain();
  io::Async<void> tick();
  bool ready() const;
  io::Async<GatewayView> view();

  io::Loop& loop_;
  const Config config_;
  const WallTime started_;
  registry::GatewayRecord self_;
  Freshness freshness_;
  const std::unique_ptr<AccessLog> access_log_;  // nullptr: none is wanted, or it cannot be opened
  PortGate ports_;
  WorkerGroup workers_;
  Publisher publisher_;
  Session session_;
  CertificateWatch certificates_;
  Admin admin_;
  std::vector<GatewayView::Listener> listeners_;  // fixed ones
  bool listening_ = false;
  int stops_ = 0;
  bool hangs_ = false;
  io::Signal stop_;
  io::Signal progress_;  // the workers have swapped
  io::Scope scope_;
};

}  // namespace hancock::slardar
