#include "slardar/confd/state_file.h"

#include <sys/stat.h>

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "slardar/confd/upstream_record.h"

namespace hancock::slardar {
namespace {

using Json = nlohmann::json;
constexpr int kStateFormat = 1;
constexpr size_t kFileMax = 64 << 20;
constexpr std::string_view kUpstreams = "upstreams/";
constexpr std::string_view kLua = "lua/";

Result<void> check_change(const std::string& key, const std::optional<std::string>& value) {
  if (key.starts_with(kLua)) return {};
  if (!key.starts_with(kUpstreams) || !is_upstream_name(std::string_view(key).substr(kUpstreams.size())))
    return tl::unexpected(Error{ErrorCode::kInvalid, key + ": no upstream's key", "key"});
  if (!value) return {};
  auto upstream = decode_upstream(*value);
  if (upstream) return {};
  const std::string& field = upstream.error().field;
  upstream.error().field = field.empty() ? "value" : "value." + field;
  return forward_error(upstream);
}

Result<void> read_change(const Json& item, SavedChanges& saved) {
  const bool ours = item.is_object() && item.value("key", Json()).is_string() && item.contains("value") &&
                    (item["value"].is_string() || item["value"].is_null());
  if (!ours) return fail(ErrorCode::kInvalid, "a key and a value are needed");
  std::optional<std::string> value;
  if (item["value"].is_string()) value = item["value"].get<std::string>();
  auto key = item["key"].get<std::string>();
  auto checked = check_change(key, value);
  if (checked) saved.values.insert_or_assign(std::move(key), std::move(value));
  return checked;
}

Result<void> save_changes(const std::filesystem::path& path, const SavedChanges& saved) {
  Json changes = Json::array();
  for (const auto& [key, value] : saved.values)
    changes.push_back({{"key", key}, {"value", value ? Json(*value) : Json()}});
  const Json document{
      {"format", kStateFormat}, {"revision", saved.revision.value()}, {"changes", std::move(changes)}};
  std::string text;
  try {
    text = document.dump() + "\n";
  } catch (const Json::type_error&) {
    return fail(ErrorCode::kInvalid, "{}: only UTF-8 can be kept", path.string());
  }
  if (text.size() > kFileMax)
    return fail(ErrorCode::kTooLarge, "{}: more than {} bytes", path.string(), kFileMax);
  auto written = write_file(path, text, 0600, Durability::kSynced);
  if (written) return written;
  const auto found = read_file(path, kFileMax);
  const bool is_in_place = found && *found == text;
  written.error().code = is_in_place ? ErrorCode::kUnavailable : ErrorCode::kInternal;
  return written;
}

}  // namespace

Result<void> edit_changes(const std::filesystem::path& path, const std::function<void(SavedChanges&)>& edit) {
  auto saved = load_changes(path);
  if (!saved && saved.error().code != ErrorCode::kNotFound) return forward_error(saved);
  SavedChanges next = saved ? std::move(*saved) : SavedChanges();
  edit(next);
  return save_changes(path, next);
}

// Each change makes another file of it.
FileStamp stamp_of(const std::filesystem::path& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) return {};
  return {static_cast<int64_t>(found.st_ino), found.st_mtim.tv_sec * 1'000'000'000 + found.st_mtim.tv_nsec};
}

Result<SavedChanges> load_changes(const std::filesystem::path& path) {
  auto text = read_file(path, kFileMax);
  if (!text) return forward_error(text);
  const Json document = Json::parse(*text, nullptr, false);
  const bool ours = document.is_object() && document.value("format", Json()) == kStateFormat &&
                    document.value("revision", Json()).is_number_integer() &&
                    document.value("changes", Json()).is_array();
  if (!ours) {
    return fail(ErrorCode::kInvalid, "{}: {}: move it away to start without what it kept", path.string(),
                document.is_discarded() ? "not JSON" : "not what --state has written");
  }
  SavedChanges saved;
  saved.revision = store::Revision(document["revision"].get<int64_t>());
  for (size_t i = 0; i < document["changes"].size(); ++i) {
    auto read = read_change(document["changes"][i], saved);
    if (read) continue;
    const Error& error = read.error();
    return fail(ErrorCode::kInvalid, "{}: changes[{}]{}{}: {}", path.string(), i,
                error.field.empty() ? "" : ".", error.field, error.message);
  }
  return saved;
}

}  // namespace hancock::slardar
