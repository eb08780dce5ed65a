#include "slardar/confd/snapshot_file.h"

#include <nlohmann/json.hpp>

#include "base/file.h"

namespace hancock::slardar {
namespace {

using Json = nlohmann::json;
constexpr int kFormat = 2;

bool is_record(const Json& item) {
  return item.is_object() && item.contains("key") && item["key"].is_string() && item.contains("value") &&
         item["value"].is_string();
}

}  // namespace

void remove_unfinished(const std::filesystem::path& path) {
  std::error_code ignored;
  const auto folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  const std::string begin = path.filename().string() + ".";
  for (const auto& each : std::filesystem::directory_iterator(folder, ignored)) {
    const std::string name = each.path().filename().string();
    if (name.starts_with(begin) && name.ends_with(".new")) std::filesystem::remove(each.path(), ignored);
  }
}

Result<void> save_records(const std::filesystem::path& path, const SavedRecords& saved) {
  Json records = Json::array();
  for (const auto& [key, value] : saved.records) records.push_back({{"key", key}, {"value", value}});
  const Json document{{"format", kFormat},
                      {"epoch", saved.position.epoch},
                      {"revision", saved.position.revision.value()},
                      {"known_at", to_rfc3339(saved.known_at)},
                      {"records", std::move(records)}};
  return write_file(path, document.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n", 0600,
                    Durability::kSynced);
}

Result<SavedRecords> load_records(const std::filesystem::path& path) {
  auto text = read_file(path);
  if (!text) return forward_error(text);
  const Json document = Json::parse(*text, nullptr, false);
  const bool ours = document.is_object() && document.value("format", Json()) == kFormat &&
                    document.value("revision", Json()).is_number_integer() &&
                    document.value("epoch", Json()).is_number_integer() &&
                    document.value("known_at", Json()).is_string() &&
                    document.value("records", Json()).is_array();
  if (!ours) return fail(ErrorCode::kInvalid, "{}: no snapshot of the Registry", path.string());
  const auto known_at = parse_rfc3339(document["known_at"].get<std::string>());
  if (!known_at) return fail(ErrorCode::kInvalid, "{}: known_at is no time", path.string());
  SavedRecords saved;
  saved.known_at = *known_at;
  saved.position = {document["epoch"].get<int64_t>(), store::Revision(document["revision"].get<int64_t>())};
  for (const Json& item : document["records"]) {
    if (!is_record(item))
      return fail(ErrorCode::kInvalid, "{}: a record without key or value", path.string());
    saved.records.emplace_back(item["key"].get<std::string>(), item["value"].get<std::string>());
  }
  return saved;
}

}  // namespace hancock::slardar
