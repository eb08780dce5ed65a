// IfMatch: under which condition on a record's revision a write may happen (RFC 9110, sections 13.1.1
// and 13.1.2). An ETag of the admin API is the revision of the record's last change: "17". Values only; any
// thread.
#pragma once

#include <optional>
#include <vector>

#include "base/error.h"
#include "http/message.h"
#include "store/store.h"

namespace hancock::slardar {

class IfMatch {
 public:
  /// No condition.
  IfMatch() = default;

  /// From the fields `If-Match: "17"`, `If-Match: *` (it is there) and `If-None-Match: *` (it is not); a weak
  /// tag, or one that is none of ours, matches nothing. Errors: kInvalid, when it is no list of tags.
  static Result<IfMatch> of(const http::Headers& headers);

  /// `present`: of the record as it is; nullopt: there is none.
  bool holds(std::optional<store::Revision> present) const;

 private:
  bool any_ = false;   // it has to be there
  bool none_ = false;  // it must not be there
  std::optional<std::vector<store::Revision>> revisions_;
};

/// `"17"`
std::string etag_of(store::Revision revision);

}  // namespace hancock::slardar
