// Images: each image is pulled once, however many Tasks of the Node ask for it at the same time.
//
// A reference with a digest that is on the Node already is not pulled again; a tag is looked up each time,
// for it may have moved. None is removed while any is pulled: it may be about to be used. Loop's thread.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "agent/images/image_history.h"
#include "agent/runtime.h"
#include "agent/shares.h"
#include "base/clock.h"
#include "base/error.h"
#include "io/scope.h"
#include "io/signal.h"

namespace hancock::agent {

inline constexpr Duration kPullTimeout = 5min;

/// `image` at exactly these bytes: "registry/shop:1" and "sha256:…" -> "registry/shop@sha256:…".
std::string with_digest(const std::string& image, const std::string& digest);
/// The digest in a reference, "" when there is none.
std::string digest_of(const std::string& reference);

struct PulledImage {
  std::string id;      // what containers are made from
  std::string digest;  // of the manifest; "" when it came from no registry
};

class Images {
 public:
  Images(Runtime& runtime, Clock& clock)
      : runtime_(runtime), clock_(clock), removed_(runtime.loop()), pulls_(runtime.loop(), kPullsOfATenant) {}
  /// Ends what is under way.
  ~Images() { scope_.cancel(); }

  io::Async<Result<PulledImage>> pull(std::string reference, std::string tenant);
  /// By id. kConflict while something is pulled.
  io::Async<Result<void>> remove(std::string id);

  /// A container of this Version was started from the image.
  void note(const std::string& id, const model::ServiceRef& service, uint32_t version) {
    history_.note(id, service, version, clock_.wall());
  }
  ImageHistory& history() { return history_; }

 private:
  static constexpr size_t kPullsOfATenant = 2;  // at the same time: a registry may be slow, or never answer

  struct Flight {
    explicit Flight(io::Loop& loop) : landed(loop) {}
    std::optional<Result<PulledImage>> result;
    io::Signal landed;
  };
  io::Async<void> fly(std::string reference, std::string tenant, std::shared_ptr<Flight> flight);
  io::Async<Result<PulledImage>> fetch(std::string reference);

  Runtime& runtime_;
  Clock& clock_;
  ImageHistory history_;
  std::map<std::string, std::shared_ptr<Flight>> flights_;
  size_t asking_ = 0;  // that wait for a flight
  bool removing_ = false;
  io::Signal removed_;
  Shares pulls_;
  io::Scope scope_;
};

}  // namespace hancock::agent
