#include "slardar/snapshot.h"

namespace hancock::slardar {

uint64_t Server::identity() const {
  const uint64_t place = std::hash<io::Address>{}(address);
  return place ^ (std::hash<std::string>{}(task)*0x9e3779b97f4a7c15ULL);
}

}  // namespace hancock::slardar
