#include "master/api/write.h"

#include "base/encoding.h"
#include "master/api/body.h"
#include "model/time.h"

namespace hancock::master::api {
namespace {

constexpr size_t kKeyBytesMax = 255;

// The client's key, its own and no other's; and what it came with.
struct Idempotency {
  std::string key;
  std::string request_sha256;
};

std::optional<Idempotency> idempotency_of(const Call& call, std::string_view body) {
  const auto key = call.request().headers.get("Idempotency-Key");
  if (!key) return std::nullopt;
  return Idempotency{
      sha256_hex(fmt::format("{}\n{}", call.who.name, *key)),
      sha256_hex(fmt::format("{} {}\n{}", call.request().method, call.request().target, body))};
}

const Stored<model::Reply>* find_reply(const State& state, const Idempotency& idempotency) {
  const auto reply = state.replies().find(idempotency.key);
  return reply == state.replies().end() ? nullptr : &reply->second;
}

io::Async<void> repeat(Call& call, const Idempotency& idempotency, const Stored<model::Reply>& reply) {
  if (reply.value.request_sha256() != idempotency.request_sha256) {
    co_await refuse(call, Problem(409, Mistake("conflict", "this key came with another request before",
                                               "Idempotency-Key", "", "a new key for each request")));
    co_return;
  }
  co_await answer(call, reply.value.status(), with_index(reply.value.body(), reply.revision));
}

// In the last Change: when it is there, all before it is.
void remember(Decided& decided, const State& state, const Idempotency& idempotency, WallTime now) {
  model::Reply reply;
  reply.set_request_sha256(idempotency.request_sha256);
  reply.set_status(200);
  reply.set_body(decided.body);
  *reply.mutable_created_at() = model::to_proto(now);
  if (decided.changes.empty()) decided.changes.emplace_back();
  decided.changes.back().replace(state.state_keys().idempotency(idempotency.key), reply, store::Revision());
}

}  // namespace

Problem problem_of(const std::vector<RequestError>& errors) {
  Problem problem(400);
  bool first = true;
  for (const RequestError& error : errors) {
    const Problem one = problem_of(Error{error.code, error.message, error.field});
    if (first) problem.status = one.status;
    first = false;
    Mistake mistake(to_string(error.code), error.message, error.field, error.value, error.allowed);
    problem.mistakes.push_back(std::move(mistake));
  }
  if (problem.status == 503) problem.retry_after_s = 1;
  return problem;
}

io::Async<void> write(Call& call, std::string body, DecideRequest decide) {
  const auto idempotency = idempotency_of(call, body);
  if (const auto key = call.request().headers.get("Idempotency-Key");
      key && (key->empty() || key->size() > kKeyBytesMax)) {
    co_await refuse(call, Problem(400, Mistake("invalid", "the key is empty or too long", "Idempotency-Key",
                                               "", fmt::format("1 to {} bytes", kKeyBytesMax))));
    co_return;
  }
  std::string answered;
  std::optional<Problem> refused;
  bool repeated = false;
  const Decisions::Decide wrapped = [&](const State& state) -> Result<std::vector<Change>> {
    repeated = idempotency && find_reply(state, *idempotency) != nullptr;
    if (repeated) return std::vector<Change>();
    auto decided = decide(state);
    if (!decided) {
      refused = problem_of(decided.error());
      return fail(ErrorCode::kInvalid, "refused");
    }
    if (idempotency) remember(*decided, state, *idempotency, call.context.clock.wall());
    answered = decided->body;
    return std::move(decided->changes);
  };
  auto index = co_await call.context.decisions.write(wrapped, call.deadline());
  if (repeated && index) {
    const auto* reply = find_reply(call.context.state(), *idempotency);
    if (reply != nullptr) {
      const Stored<model::Reply> kept = *reply;  // State may move while it is sent
      co_await repeat(call, *idempotency, kept);
      co_return;
    }
  }
  if (refused) {
    co_await refuse(call, std::move(*refused));
  } else if (!index) {
    co_await refuse(call, problem_of(index.error()));
  } else {
    co_await answer(call, 200, with_index(answered, *index));
  }
}

RequestResult<Decided> as_decided(RequestResult<std::vector<Change>> changes) {
  if (!changes) return tl::unexpected(std::move(changes.error()));
  return Decided{std::move(*changes), "{}"};
}

io::Async<void> write_without_body(Call& call, DecideChanges decide) {
  auto body = co_await read_body(call);
  if (!body) {
    co_await refuse(call, std::move(body.error()));
    co_return;
  }
  if (auto problem = check_empty(*body)) {
    co_await refuse(call, std::move(*problem));
    co_return;
  }
  const DecideRequest decide_all = [&](const State& state) {
    return as_decided(decide(state, call.context.clock.wall()));
  };
  co_await write(call, std::move(*body), decide_all);
}

}  // namespace hancock::master::api
