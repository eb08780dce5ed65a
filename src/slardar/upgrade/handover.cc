#include "slardar/upgrade/handover.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/encoding.h"

namespace hancock::slardar {
namespace {

using nlohmann::json;

constexpr int kHandoverVersion = 1;
constexpr std::array<std::string_view, 5> kStepNames{"ready", "sockets", "taken", "serving", "serves_on"};

template <size_t N>
std::string text_of(const std::array<unsigned char, N>& bytes) {
  return base64_encode({reinterpret_cast<const char*>(bytes.data()), N});
}

template <size_t N>
void read_bytes(const json& text, std::array<unsigned char, N>& bytes) {
  const auto decoded = base64_decode(text.get<std::string>());
  if (!decoded || decoded->size() != N) throw std::invalid_argument("a key of another length");
  std::copy(decoded->begin(), decoded->end(), bytes.begin());
}

json tickets_json(const io::TicketKeys::State& tickets) {
  json keys = json::array();
  for (const io::TicketKeys::Key& key : tickets.keys)
    keys.push_back({text_of(key.name), text_of(key.cipher), text_of(key.mac)});
  return {{"next", text_of(tickets.next)}, {"due", tickets.due.time_since_epoch().count()}, {"keys", keys}};
}

io::TicketKeys::State read_tickets(const json& value) {
  io::TicketKeys::State tickets;
  read_bytes(value.at("next"), tickets.next);
  tickets.due = TimePoint(Duration(value.at("due").get<int64_t>()));
  for (const json& each : value.at("keys")) {
    io::TicketKeys::Key& key = tickets.keys.emplace_back();
    read_bytes(each.at(0), key.name);
    read_bytes(each.at(1), key.cipher);
    read_bytes(each.at(2), key.mac);
  }
  if (tickets.keys.empty()) throw std::invalid_argument("no keys");
  return tickets;
}

/// What the library throws at what it cannot read becomes an error here.
template <class Read>
auto checked(std::string_view text, Read read) -> Result<decltype(read(json()))> {
  try {
    return read(json::parse(text));
  } catch (const std::exception& wrong) {
    return fail(ErrorCode::kInvalid, "the other process speaks another language: {}", wrong.what());
  }
}

}  // namespace

std::string handover_name(const io::Address& admin) { return "slardar " + admin.to_string(); }

std::string encode(const HandoverGreeting& greeting) {
  return json{{"version", kHandoverVersion},
              {"id", greeting.id},
              {"pid", greeting.pid},
              {"tickets", tickets_json(greeting.tickets)}}
      .dump();
}

Result<HandoverGreeting> decode_greeting(std::string_view text) {
  return checked(text, [](const json& value) {
    if (value.at("version") != kHandoverVersion) throw std::invalid_argument("version");
    return HandoverGreeting{value.at("id").get<std::string>(), value.at("pid").get<pid_t>(),
                            read_tickets(value.at("tickets"))};
  });
}

std::string encode(const HandoverStep& step) {
  return json{{"step", kStepNames[static_cast<size_t>(step.kind)]}, {"addresses", step.addresses}}.dump();
}

Result<HandoverStep> decode_step(std::string_view text) {
  return checked(text, [](const json& value) {
    const auto found = std::find(kStepNames.begin(), kStepNames.end(), value.at("step").get<std::string>());
    if (found == kStepNames.end()) throw std::invalid_argument("step");
    return HandoverStep(static_cast<HandoverStep::Kind>(found - kStepNames.begin()),
                        value.at("addresses").get<std::vector<std::string>>());
  });
}

}  // namespace hancock::slardar
