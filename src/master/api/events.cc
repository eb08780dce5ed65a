// GET events: what happened, as one JSON answer, as NDJSON, or as server-sent events (WHATWG HTML,
// section 9.2), which can be resumed. A reader that falls behind what is kept is cut off; when it comes again
// it is told 410.
#include "master/api/call.h"
#include "master/api/handlers.h"

namespace hancock::master::api {
namespace {

constexpr Duration kSignOfLife = 5s;
constexpr size_t kPieceBytes = 64 << 10;

enum class Form { kJson, kLines, kServerSent };

struct Reader {
  Form form = Form::kJson;
  bool follow = false;
  bool marks = false;  // signs of life say the place
  EventPlace place;    // of the last Event that it has
  std::optional<std::string> tenant;
  std::optional<std::string> app;
  std::optional<std::string> kind;

  bool wants(const LoggedEvent& event) const {
    return (!tenant || event.tenant == *tenant) && (!app || event.app == *app) &&
           (!kind || event.kind == *kind);
  }
  void render(const LoggedEvent& event, std::string& out) const {
    if (form == Form::kServerSent)
      out += fmt::format("id: {}\ndata: {}\n\n", event.place.to_string(), event.json);
    if (form == Form::kLines) out += event.json + "\n";
  }
  // With the place, so that a reader whose filter passes nothing can go on from there, too. To a browser an
  // id without data is no message.
  std::string sign_of_life() const {
    if (form == Form::kServerSent) return fmt::format("id: {}\n\n", place.to_string());
    return marks ? fmt::format("{{\"id\":\"{}\"}}\n", place.to_string()) : "\n";
  }
};

Problem gone(const EventLog& log, EventPlace place) {
  const std::string oldest = log.oldest() ? log.oldest()->to_string() : "";
  Problem problem(
      410, Mistake("gone", fmt::format("what follows Event {} is no longer kept", place.to_string()), "after",
                   place.to_string(), fmt::format("the oldest that is kept is {}", oldest)));
  problem.oldest = oldest;
  return problem;
}

// Of a store that was restored from an old copy, or a slip: to wait for it would be to skip what comes.
Problem not_yet(const EventLog& log, EventPlace place) {
  const std::string newest = log.newest() ? log.newest()->to_string() : "none";
  Problem problem(410, Mistake("gone", fmt::format("there is no Event {} yet", place.to_string()), "after",
                               place.to_string(), fmt::format("the newest is {}", newest)));
  problem.oldest = log.oldest() ? log.oldest()->to_string() : "";
  return problem;
}

// Just before the oldest that is kept.
EventPlace beginning(const EventLog& log) {
  const auto oldest = log.oldest();
  return oldest ? EventPlace{oldest->epoch, oldest->number - 1} : EventPlace{};
}

tl::expected<Reader, Problem> read_event_request(const Call& call) {
  const http::RequestHead& request = call.request();
  const EventLog& log = call.context.replica.events();
  Reader reader;
  reader.follow = call.has_flag("follow");
  reader.marks = call.has_flag("marks");
  const std::string_view accept = request.headers.get("Accept").value_or("");
  if (accept.find("text/event-stream") != std::string_view::npos) {
    reader.form = Form::kServerSent;
    reader.follow = true;
  } else if (reader.follow || accept.find("application/x-ndjson") != std::string_view::npos) {
    reader.form = Form::kLines;
  }
  reader.tenant = request.parameter("tenant");
  reader.app = request.parameter("app");
  reader.kind = request.parameter("kind");
  reader.place = beginning(log);

  std::optional<std::string> after = request.parameter("after");
  if (const auto id = request.headers.get("Last-Event-ID")) after = std::string(*id);
  if (after) {
    const int64_t epoch = log.newest() ? log.newest()->epoch : 1;
    const auto place = parse_place(*after, epoch);
    if (!place) {
      return tl::unexpected(Problem(
          400, Mistake("invalid", "after names no Event", "after", *after, "NUMBER or EPOCH-NUMBER")));
    }
    reader.place = *place;
    if (!log.continues(*place)) return tl::unexpected(gone(log, *place));
    const bool is_beyond = place->number > 0 && (!log.newest() || *place > *log.newest());
    if (is_beyond && !call.has_flag("stale")) return tl::unexpected(not_yet(log, *place));
  }
  return reader;
}

// What follows the reader's place, up to about one piece; moves the place on.
std::string next_piece(const EventLog& log, Reader& reader) {
  std::string piece;
  while (const LoggedEvent* event = log.after(reader.place)) {
    if (piece.size() >= kPieceBytes) break;
    reader.place = event->place;
    if (reader.wants(*event)) reader.render(*event, piece);
  }
  return piece;
}

io::Async<void> stream(Call& call, Reader reader) {
  Context& context = call.context;
  const EventLog& log = context.replica.events();
  const std::stop_token stopping = call.exchange.stopping();
  const char* type = reader.form == Form::kServerSent ? "text/event-stream" : "application/x-ndjson";
  context.metrics.count_request(200);
  http::ResponseHead head(200);
  head.headers.add("Content-Type", type);
  head.headers.add("Cache-Control", "no-store");
  const auto started = co_await call.exchange.start(std::move(head));
  if (!started) co_return;
  TimePoint silent_since = context.loop.now();
  while (!stopping.stop_requested()) {
    if (!log.continues(reader.place)) co_return;  // cut: too slow for what is kept
    const uint64_t seen = context.replica.changes();
    std::string piece = next_piece(log, reader);
    if (piece.empty() && !reader.follow) break;
    if (piece.empty() && context.loop.now() - silent_since >= kSignOfLife) piece = reader.sign_of_life();
    if (piece.empty()) {
      if (context.replica.changes() == seen)
        co_await context.replica.changed().wait(silent_since + kSignOfLife);
      continue;
    }
    const auto written = co_await call.exchange.write(piece);
    if (!written) co_return;
    silent_since = context.loop.now();
  }
  co_await call.exchange.finish();
}

io::Async<void> answer_whole(Call& call, Reader reader) {
  const EventLog& log = call.context.replica.events();
  std::vector<std::string> items;
  while (const LoggedEvent* event = log.after(reader.place)) {
    reader.place = event->place;
    if (reader.wants(*event)) items.push_back(event->json);
  }
  co_await answer(call, 200, list_of(items, call.context.state().revision()));
}

}  // namespace

io::Async<void> get_events(Call& call) {
  auto reader = read_event_request(call);
  if (!reader) {
    co_await refuse(call, std::move(reader.error()));
    co_return;
  }
  Reader wanted = std::move(*reader);
  if (wanted.form == Form::kJson) {
    co_await answer_whole(call, std::move(wanted));
  } else {
    co_await stream(call, std::move(wanted));
  }
}

}  // namespace hancock::master::api
