// CertificateWatch: looks at the certificates' files every few seconds, and when told to. Control thread; the
// disk is read on a thread of its own.
#pragma once

#include <functional>

#include "io/scope.h"
#include "io/signal.h"
#include "io/thread_pool.h"
#include "slardar/tls/certificate_files.h"

namespace hancock::slardar {

class CertificateWatch {
 public:
  /// `changed`: something is another than it was, in files().
  CertificateWatch(io::Loop& loop, const std::vector<Config::CertificatePair>& pairs,
                   std::function<void()> changed);
  CertificateWatch(const CertificateWatch&) = delete;
  CertificateWatch& operator=(const CertificateWatch&) = delete;
  ~CertificateWatch() { scope_.cancel(); }

  /// Reads them for the first time, at once, and watches from then on.
  void start();
  void look_now() { asked_.set(); }
  const CertificateFiles& files() const { return files_; }

 private:
  static constexpr Duration kLookEvery = 2s;
  io::Async<void> watch();

  io::Loop& loop_;
  const std::function<void()> changed_;
  const bool any_;
  CertificateFiles files_;
  io::ThreadPool disk_{1};
  io::Signal asked_;
  io::Scope scope_;
};

}  // namespace hancock::slardar
