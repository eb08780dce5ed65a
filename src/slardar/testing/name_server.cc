#include "slardar/testing/name_server.h"

#include <arpa/inet.h>
#include <sys/socket.h>

#include "io/address.h"

namespace hancock::slardar::testing {
namespace {

constexpr size_t kHead = 12;

std::string number(uint64_t value, int bytes) {
  std::string text;
  for (int i = bytes - 1; i >= 0; --i) text += static_cast<char>(value >> (8 * i) & 0xFF);
  return text;
}

/// The name that a question is for: "\2db\4test\0" as "db.test".
std::string name_in(const std::string& question) {
  std::string name;
  for (size_t at = kHead; at < question.size() && question[at] != 0;) {
    const size_t size = static_cast<unsigned char>(question[at]);
    if (!name.empty()) name += '.';
    name += question.substr(at + 1, size);
    at += size + 1;
  }
  return name;
}

}  // namespace

NameServer::NameServer() : socket_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
  const auto any = *io::Address::parse("127.0.0.1:0");
  ::bind(socket_.get(), any.data(), any.size());
  address_ = io::Address::of_socket(socket_.get(), ::getsockname).to_string();
  thread_ = std::thread([this] { serve(); });
}

NameServer::~NameServer() {
  const auto own = io::Address::parse(address_);
  ::sendto(socket_.get(), "", 0, 0, own->data(), own->size());  // an empty one is the end
  thread_.join();
}

void NameServer::put(const std::string& name, std::vector<std::string> ips, std::chrono::seconds ttl) {
  const std::lock_guard lock(mutex_);
  names_[name] = {std::move(ips), ttl};
}

void NameServer::remove(const std::string& name) {
  const std::lock_guard lock(mutex_);
  names_.erase(name);
}

int NameServer::questions(const std::string& name) {
  const std::lock_guard lock(mutex_);
  return questions_[name];
}

void NameServer::serve() {
  while (true) {
    char piece[512];
    sockaddr_storage from{};
    socklen_t size = sizeof from;
    const ssize_t count =
        ::recvfrom(socket_.get(), piece, sizeof piece, 0, reinterpret_cast<sockaddr*>(&from), &size);
    if (count <= 0) return;
    if (static_cast<size_t>(count) <= kHead) continue;
    const std::string said = answer({piece, static_cast<size_t>(count)});
    ::sendto(socket_.get(), said.data(), said.size(), 0, reinterpret_cast<const sockaddr*>(&from), size);
  }
}

// RFC 1035 section 4.1: the question again, then the addresses.
std::string NameServer::answer(const std::string& question) {
  const std::string name = name_in(question);
  const size_t end = kHead + name.size() + 2 + 4;
  const bool wants_ipv4 = question.substr(kHead + name.size() + 2, 2) == number(1, 2);
  const std::lock_guard lock(mutex_);
  if (wants_ipv4) ++questions_[name];
  const auto known = names_.find(name);
  const std::vector<std::string> ips =
      known != names_.end() && wants_ipv4 ? known->second.ips : std::vector<std::string>();
  const uint64_t no_such_name = known == names_.end() ? 3 : 0;
  std::string said = question.substr(0, 2) + number(0x8180 | no_such_name, 2) + number(1, 2) +
                     number(ips.size(), 2) + number(0, 4) + question.substr(kHead, end - kHead);
  for (const std::string& ip : ips) {
    in_addr address{};
    ::inet_pton(AF_INET, ip.c_str(), &address);
    const auto ttl = static_cast<uint64_t>(known->second.ttl.count());
    said += number(0xC00C, 2) + number(1, 2) + number(1, 2) + number(ttl, 4) + number(4, 2);
    said.append(reinterpret_cast<const char*>(&address), 4);
  }
  return said;
}

}  // namespace hancock::slardar::testing
