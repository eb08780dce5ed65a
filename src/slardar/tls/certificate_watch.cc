#include "slardar/tls/certificate_watch.h"

namespace hancock::slardar {

CertificateWatch::CertificateWatch(io::Loop& loop, const std::vector<Config::CertificatePair>& pairs,
                                   std::function<void()> changed)
    : loop_(loop), changed_(std::move(changed)), any_(!pairs.empty()), files_(pairs), asked_(loop) {}

void CertificateWatch::start() {
  if (!any_) return;
  files_.look();
  changed_();
  scope_.spawn(watch());
}

io::Async<void> CertificateWatch::watch() {
  while (true) {
    co_await asked_.wait(loop_.now() + kLookEvery);
    auto look = [files = files_]() mutable { return files.look() ? std::optional(files) : std::nullopt; };
    auto looking = disk_.run(loop_, std::move(look));
    std::optional<CertificateFiles> found = co_await std::move(looking);
    if (!found) continue;
    files_ = std::move(*found);
    changed_();
  }
}

}  // namespace hancock::slardar
