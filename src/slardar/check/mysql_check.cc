#include "slardar/check/checks.h"
#include "slardar/check/dialogue.h"
#include "slardar/check/mysql_login.h"

namespace hancock::slardar {
namespace {

constexpr size_t kPacketMax = 64 << 10;
constexpr char kOk = '\x00', kMore = '\x01', kSwitch = '\xFE', kError = '\xFF';
constexpr std::string_view kShortcut("\x01\x03", 2);  // of caching_sha2_password: the server knows the proof
constexpr std::string_view kQuit("\x01", 1);

/// The packets of one connection: each has the number after that of the one before.
class Packets {
 public:
  explicit Packets(Dialogue& dialogue) : dialogue_(dialogue) {}

  /// Its payload, which is not empty.
  io::Async<Result<std::string>> read() {
    auto head = co_await dialogue_.bytes(4);
    if (!head) co_return head;
    const auto byte = [&](size_t at) { return static_cast<uint8_t>((*head)[at]); };
    const size_t size = byte(0) | static_cast<size_t>(byte(1)) << 8 | static_cast<size_t>(byte(2)) << 16;
    if (size == 0 || size > kPacketMax)
      co_return fail(ErrorCode::kInvalid, "not MySQL's protocol: a packet of {} bytes", size);
    next_ = static_cast<uint8_t>(byte(3) + 1);
    co_return co_await dialogue_.bytes(size);
  }
  io::Async<Result<void>> write(std::string_view payload) {
    const std::string packet = mysql_packet(payload, next_);
    co_return co_await dialogue_.say(packet);
  }
  void begin_command() { next_ = 0; }

 private:
  Dialogue& dialogue_;
  uint8_t next_ = 0;
};

/// What the server says to a login, up to its last word.
io::Async<Result<void>> finish_login(Packets& packets, const MysqlUser& user) {
  while (true) {
    auto answer = co_await packets.read();
    if (!answer) co_return forward_error(answer, "login");
    if (answer->front() == kOk) co_return Result<void>();
    if (answer->front() == kError) co_return tl::unexpected(read_mysql_error(*answer));
    if (answer->front() == kSwitch) {
      auto wanted = read_mysql_switch(*answer);
      if (!wanted) co_return forward_error(wanted);
      auto proof = mysql_proof(wanted->plugin, user.password, wanted->nonce);
      if (!proof) co_return forward_error(proof);
      auto said = co_await packets.write(*proof);
      if (!said) co_return forward_error(said);
    } else if (answer->front() == kMore && *answer != kShortcut) {
      co_return fail(
          ErrorCode::kUnsupported,
          "caching_sha2_password: the server would have the password itself, for which TLS is needed "
          "once: log in by another client, or let the user have mysql_native_password");
    } else if (answer->front() != kMore) {
      co_return fail(ErrorCode::kInvalid, "not MySQL's protocol: an answer of type {}",
                     static_cast<uint8_t>(answer->front()));
    }
  }
}

}  // namespace

// Also without a user it is a whole login: servers shut out whoever leaves them in the middle of many.
io::Async<Result<CheckFacts>> check_mysql(io::Loop& loop, const CheckTarget& target,
                                          const CheckOptions& options, TimePoint deadline) {
  auto dialogue = co_await Dialogue::open(loop, target, deadline);
  if (!dialogue) co_return forward_error(dialogue);
  Packets packets(*dialogue);
  auto first = co_await packets.read();
  if (!first) co_return forward_error(first);
  auto greeting = read_mysql_greeting(*first);
  if (!greeting) co_return forward_error(greeting);
  const MysqlUser user{options.user, options.password, options.name};
  auto login = mysql_login(*greeting, user);
  if (!login) co_return forward_error(login);
  auto said = co_await packets.write(*login);
  if (!said) co_return forward_error(said);
  auto logged_in = co_await finish_login(packets, user);
  if (!logged_in && !options.user.empty()) co_return forward_error(logged_in);
  packets.begin_command();
  if (logged_in) co_await packets.write(kQuit);
  co_return CheckFacts();
}

}  // namespace hancock::slardar
