#include "etcd/requests.h"

#include <fmt/format.h>

#include <iterator>

#include "base/encoding.h"

namespace hancock::etcd {
namespace {

using store::Compare;
using store::Operation;

// Base64 and numbers need no escapes; this is for names and passwords.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
      continue;
    }
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

void append_key(std::string& out, std::string_view key, std::string_view range_end) {
  fmt::format_to(std::back_inserter(out), R"("key":"{}")", base64_encode(key));
  if (!range_end.empty())
    fmt::format_to(std::back_inserter(out), R"(,"range_end":"{}")", base64_encode(range_end));
}

void append(std::string& out, const Compare& compare) {
  static constexpr std::string_view kTargets[][2] = {
      {"MOD", "mod_revision"}, {"CREATE", "create_revision"}, {"VERSION", "version"}};
  static constexpr std::string_view kResults[] = {"EQUAL", "GREATER", "LESS", "NOT_EQUAL"};
  const auto& [target, member] = kTargets[static_cast<size_t>(compare.target)];
  out += '{';
  append_key(out, compare.key, {});
  fmt::format_to(std::back_inserter(out), R"(,"target":"{}","result":"{}","{}":"{}"}})", target,
                 kResults[static_cast<size_t>(compare.relation)], member, compare.operand);
}

void append(std::string& out, const Operation& operation) {
  if (operation.kind == Operation::Kind::kDelete) {
    out += R"({"request_delete_range":{)";
    append_key(out, operation.key, operation.range_end);
    out += "}}";
    return;
  }
  out += R"({"request_put":{)";
  append_key(out, operation.key, {});
  fmt::format_to(std::back_inserter(out), R"(,"value":"{}")", base64_encode(operation.value));
  if (operation.lease != store::LeaseId())
    fmt::format_to(std::back_inserter(out), R"(,"lease":"{}")", operation.lease.value());
  out += "}}";
}

template <class T>
void append_array(std::string& out, std::string_view member, const std::vector<T>& elements) {
  fmt::format_to(std::back_inserter(out), R"("{}":[)", member);
  for (size_t i = 0; i < elements.size(); ++i) {
    if (i > 0) out += ',';
    append(out, elements[i]);
  }
  out += ']';
}

}  // namespace

std::string range_request(const store::KeyRange& range, size_t limit, store::Revision revision) {
  std::string out = "{";
  append_key(out, range.begin, range.end);
  fmt::format_to(std::back_inserter(out), R"(,"limit":"{}","revision":"{}"}})", limit, revision.value());
  return out;
}

std::string transaction_request(const store::Transaction& transaction) {
  std::string out = "{";
  append_array(out, "compare", transaction.compares);
  out += ',';
  append_array(out, "success", transaction.operations);
  return out + '}';
}

std::string watch_request(const store::KeyRange& range, store::Revision from) {
  std::string out = R"({"create_request":{)";
  append_key(out, range.begin, range.end);
  fmt::format_to(std::back_inserter(out), R"(,"start_revision":"{}","fragment":true}}}})", from.value());
  return out;
}

std::string pulse_request(std::string_view key) {
  std::string out = R"({"create_request":{)";
  append_key(out, key, {});
  fmt::format_to(std::back_inserter(out), R"(,"watch_id":"{}"}}}})", kPulseWatch);
  return out;
}

std::string lease_grant_request(Duration ttl) {
  return fmt::format(R"({{"TTL":"{}"}})", std::chrono::ceil<std::chrono::seconds>(ttl).count());
}

std::string lease_request(store::LeaseId lease) { return fmt::format(R"({{"ID":"{}"}})", lease.value()); }

std::string compaction_request(store::Revision revision) {
  return fmt::format(R"({{"revision":"{}","physical":true}})", revision.value());
}

std::string authenticate_request(std::string_view user, std::string_view password) {
  return fmt::format(R"({{"name":{},"password":{}}})", quoted(user), quoted(password));
}

}  // namespace hancock::etcd
