#include "agent/images/images.h"

#include <algorithm>
#include <utility>

namespace hancock::agent {
namespace {

PulledImage found(const std::string& reference, const cri::Image& image) {
  const std::string repository = with_digest(reference, "");
  std::string digest;
  for (const std::string& candidate : image.digests) {
    // The same bytes may have been pulled under other names too; their digest is the same.
    if (digest.empty() || candidate.starts_with(repository)) digest = digest_of(candidate);
  }
  return {image.id, std::move(digest)};
}

/// What bears this name on the Node and came from no registry: imported by hand.
bool is_local(const std::string& reference, const cri::Image& image) {
  const std::string repository = with_digest(reference, "");
  return std::none_of(image.digests.begin(), image.digests.end(),
                      [&](const std::string& digest) { return digest.starts_with(repository); });
}

Result<PulledImage> fetch_image(cri::Client& client, const std::string& reference) {
  auto here = client.image(reference);
  if (!here) return forward_error(here);
  if (*here && (!digest_of(reference).empty() || is_local(reference, **here)))
    return found(reference, **here);
  auto id = client.pull_image(reference, kPullTimeout);
  if (!id) return forward_error(id);
  auto pulled = client.image(*id);
  if (!pulled) return forward_error(pulled);
  if (!*pulled) return fail(ErrorCode::kInternal, "image {} is gone right after it was pulled", reference);
  return found(reference, **pulled);
}

/// Counts up for as long as it lives.
class Count {
 public:
  explicit Count(size_t& count) : count_(count) { ++count_; }
  Count(const Count&) = delete;
  ~Count() { --count_; }

 private:
  size_t& count_;
};

}  // namespace

std::string digest_of(const std::string& reference) {
  const size_t at = reference.find('@');
  return at == std::string::npos ? "" : reference.substr(at + 1);
}

std::string with_digest(const std::string& image, const std::string& digest) {
  std::string name = image.substr(0, image.find('@'));
  const size_t slash = name.rfind('/');
  const size_t colon = name.rfind(':');
  const bool tagged = colon != std::string::npos && (slash == std::string::npos || colon > slash);
  if (tagged) name.erase(colon);
  return name + "@" + digest;
}

io::Async<Result<PulledImage>> Images::pull(std::string reference, std::string tenant) {
  const Count asking(asking_);
  std::shared_ptr<Flight> flight = flights_[reference];
  if (!flight) {
    flight = flights_[reference] = std::make_shared<Flight>(runtime_.loop());
    scope_.spawn(fly(reference, std::move(tenant), flight));
  }
  while (!flight->result) co_await flight->landed.wait();
  co_return *flight->result;
}

io::Async<void> Images::fly(std::string reference, std::string tenant, std::shared_ptr<Flight> flight) {
  while (removing_) co_await removed_.wait();
  const auto turn = co_await pulls_.take(std::move(tenant));
  flight->result = co_await fetch(reference);
  flights_.erase(reference);
  flight->landed.set();
}

io::Async<Result<PulledImage>> Images::fetch(std::string reference) {
  auto work = [reference = std::move(reference)](cri::Client& client) {
    return fetch_image(client, reference);
  };
  co_return co_await runtime_.call(Runtime::Lane::kPull, std::move(work));
}

io::Async<Result<void>> Images::remove(std::string id) {
  if (asking_ > 0 || !flights_.empty() || removing_) {
    co_return fail(ErrorCode::kConflict, "other images are being pulled or removed");
  }
  removing_ = true;
  auto work = [id = std::move(id)](cri::Client& client) { return client.remove_image(id); };
  auto removed = co_await runtime_.call(Runtime::Lane::kChange, std::move(work));
  removing_ = false;
  removed_.set();
  co_return removed;
}

}  // namespace hancock::agent
