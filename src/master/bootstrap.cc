#include "master/bootstrap.h"

#include "base/encoding.h"
#include "base/file.h"
#include "master/tokens.h"
#include "model/time.h"

namespace hancock::master {
namespace {

constexpr size_t kTokenBytesMax = 4096;

Result<std::string> ensure_token(const std::filesystem::path& path) {
  auto text = read_file(path, kTokenBytesMax);
  if (text) {
    while (!text->empty() && text->back() == '\n') text->pop_back();
    if (text->empty()) return fail(ErrorCode::kInvalid, "{} is empty", path.string());
    return text;
  }
  if (text.error().code != ErrorCode::kNotFound) return text;
  std::string token = make_token();
  if (auto written = write_file(path, token + "\n", 0600, Durability::kSynced); !written)
    return forward_error(written);
  return token;
}

void add_token(Change& change, const State& state, const std::string& name, model::Role role,
               const std::string& token, WallTime now) {
  if (state.tokens().contains(name)) return;
  model::Token record;
  record.set_name(name);
  record.set_role(role);
  record.set_sha256(sha256_hex(token));
  *record.mutable_created_at() = model::to_proto(now);
  change.replace(state.state_keys().token(name), record, store::Revision());
}

}  // namespace

Result<TokenPair> ensure_tokens(const DataPaths& paths) {
  auto operators = ensure_token(paths.operator_token());
  if (!operators) return forward_error(operators);
  auto agents = ensure_token(paths.agent_token());
  if (!agents) return forward_error(agents);
  return TokenPair{std::move(*operators), std::move(*agents)};
}

Change bootstrap(const State& state, const TokenPair& tokens, WallTime now) {
  Change change;
  change.why = "bootstrap of the cluster";
  add_token(change, state, "operator", model::ROLE_OPERATOR, tokens.operators, now);
  add_token(change, state, "agent", model::ROLE_AGENT, tokens.agents, now);
  if (!state.tenants().contains("default")) {
    model::Tenant tenant;
    tenant.set_name("default");
    *tenant.mutable_created_at() = model::to_proto(now);
    change.replace(state.state_keys().tenant("default"), tenant, store::Revision());
    model::Event event;
    event.set_kind("tenant.created");
    event.set_tenant("default");
    event.set_cause("bootstrap");
    event.set_message("The tenant default was created with the cluster");
    change.events.push_back(std::move(event));
  }
  return change;
}

}  // namespace hancock::master
