#include "slardar/http/request_body.h"

namespace hancock::slardar {

void RequestBody::keep(std::string_view bytes) {
  if (!replayable_) return;
  if (first_.size() + kept_.size() + bytes.size() <= kKeptMax) {
    kept_ += bytes;
    return;
  }
  replayable_ = false;
  kept_ = {};
}

}  // namespace hancock::slardar
