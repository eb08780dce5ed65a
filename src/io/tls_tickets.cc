#include "io/tls_tickets.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <cstring>

namespace hancock::io {
namespace {

// RFC 5869 with a label for each use, of one block.
TicketKeys::Seed derive(const TicketKeys::Seed& from, std::string_view label) {
  TicketKeys::Seed result;
  unsigned size = static_cast<unsigned>(result.size());
  HMAC(EVP_sha256(), from.data(), static_cast<int>(from.size()),
       reinterpret_cast<const unsigned char*>(label.data()), label.size(), result.data(), &size);
  return result;
}

}  // namespace

TicketKeys::TicketKeys(const Seed& seed, TimePoint begun, Duration period)
    : state_{seed, begun, {}}, period_(period) {}

void TicketKeys::move_on(TimePoint now) {
  while (now >= state_.due) {
    Key key;
    const Seed name = derive(state_.next, "name");
    std::copy_n(name.begin(), key.name.size(), key.name.begin());
    key.cipher = derive(state_.next, "cipher");
    key.mac = derive(state_.next, "mac");
    state_.keys.push_front(key);
    if (state_.keys.size() > kKept) {
      OPENSSL_cleanse(&state_.keys.back(), sizeof(Key));
      state_.keys.pop_back();
    }
    state_.next = derive(state_.next, "next");
    state_.due += period_;
  }
}

const TicketKeys::State& TicketKeys::state(TimePoint now) {
  move_on(now);
  return state_;
}

const TicketKeys::Key& TicketKeys::present(TimePoint now) {
  move_on(now);
  return state_.keys.front();
}

const TicketKeys::Key* TicketKeys::find(std::string_view name, TimePoint now) {
  move_on(now);
  const auto found = std::find_if(state_.keys.begin(), state_.keys.end(), [&](const Key& each) {
    return name.size() == each.name.size() && std::memcmp(each.name.data(), name.data(), name.size()) == 0;
  });
  return found == state_.keys.end() ? nullptr : &*found;
}

}  // namespace hancock::io
