// Whatever a peer answers: every decoder gives a value or an error, and grouping keeps revisions in order.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "etcd/answers.h"
#include "etcd/revision_grouper.h"

namespace {

// Each line is a message of one watch.
void watch(std::string_view text) {
  hancock::etcd::RevisionGrouper grouper(hancock::store::Revision(1));
  int64_t last = 0;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    auto answer = hancock::etcd::decode_watch(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (!answer) continue;
    const auto batch = grouper.add(std::move(*answer));
    if (!batch) return;
    if (!*batch) continue;
    if ((*batch)->revision.value() <= last) std::abort();
    for (const auto& event : (*batch)->events) {
      if (event.item.mod_revision.value() <= last || event.item.mod_revision > (*batch)->revision)
        std::abort();
    }
    last = (*batch)->revision.value();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  watch(text);
  (void)hancock::etcd::decode_range(text);
  (void)hancock::etcd::decode_transaction(text);
  (void)hancock::etcd::decode_lease_grant(text);
  (void)hancock::etcd::decode_keep_alive(text);
  (void)hancock::etcd::decode_authenticate(text);
  if (hancock::etcd::decode_error(500, text).message.empty()) std::abort();
  return 0;
}
