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
    : next_(seed), due_(begun), period_(period) {
  move_on(begun);
}

void TicketKeys::move_on(TimePoint now) {
  while (now >= due_) {
    Key key;
    const Seed name = derive(next_, "name");
    std::copy_n(name.begin(), key.name.size(), key.name.begin());
    key.cipher = derive(next_, "cipher");
    key.mac = derive(next_, "mac");
    keys_.push_front(key);
    if (keys_.size() > kKept) {
      OPENSSL_cleanse(&keys_.back(), sizeof(Key));
      keys_.pop_back();
    }
    next_ = derive(next_, "next");
    due_ += period_;
  }
}

const TicketKeys::Key& TicketKeys::present(TimePoint now) {
  move_on(now);
  return keys_.front();
}

const TicketKeys::Key* TicketKeys::find(std::string_view name, TimePoint now) {
  move_on(now);
  const auto found = std::find_if(keys_.begin(), keys_.end(), [&](const Key& each) {
    return name.size() == each.name.size() && std::memcmp(each.name.data(), name.data(), name.size()) == 0;
  });
  return found == keys_.end() ? nullptr : &*found;
}

}  // namespace hancock::io
