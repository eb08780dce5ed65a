#include "slardar/admin/if_match.h"

#include <algorithm>

#include "base/number.h"

namespace hancock::slardar {
namespace {

constexpr std::string_view kBlanks = " \t";

std::string_view trimmed(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
  return text.substr(0, text.find_last_not_of(kBlanks) + 1);
}

/// The revision of `"17"`; 0, which no record has, of any other tag; nullopt: it is no tag.
std::optional<store::Revision> revision_of(std::string_view tag) {
  const bool weak = tag.starts_with("W/");
  if (weak) tag.remove_prefix(2);
  if (tag.size() < 2 || !tag.starts_with('"') || tag.find('"', 1) != tag.size() - 1) return std::nullopt;
  const auto number = parse_number<int64_t>(tag.substr(1, tag.size() - 2));
  return store::Revision(weak ? 0 : number.value_or(0));
}

}  // namespace

Result<IfMatch> IfMatch::of(const http::Headers& headers) {
  IfMatch condition;
  if (const auto none = headers.get("If-None-Match")) {
    if (trimmed(*none) != "*") return fail(ErrorCode::kInvalid, "If-None-Match: {}: * is allowed", *none);
    condition.none_ = true;
  }
  const auto match = headers.get("If-Match");
  if (!match) return condition;
  if (trimmed(*match) == "*") {
    condition.any_ = true;
    return condition;
  }
  condition.revisions_.emplace();
  for (std::string_view rest = *match; !rest.empty();) {
    const size_t comma = std::min(rest.find(','), rest.size());
    const auto revision = revision_of(trimmed(rest.substr(0, comma)));
    if (!revision) return fail(ErrorCode::kInvalid, "If-Match: {}: \"REVISION\" is allowed", *match);
    condition.revisions_->push_back(*revision);
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  return condition;
}

bool IfMatch::holds(std::optional<store::Revision> present) const {
  if (none_ && present) return false;
  if ((any_ || revisions_) && !present) return false;
  return !revisions_ || std::find(revisions_->begin(), revisions_->end(), *present) != revisions_->end();
}

std::string etag_of(store::Revision revision) { return fmt::format("\"{}\"", revision.value()); }

}  // namespace hancock::slardar
