// CertificateFiles: certificates that stand in files, each as its last good value.
//
// A pair that cannot be read, or whose key is not that of the chain, is refused alone: the one before it
// stays, and refused() says why. A value: copied to where the disk may block, and back.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "slardar/confd/refusals.h"
#include "slardar/config/config.h"
#include "slardar/tls/certificate_table.h"

namespace hancock::slardar {

class CertificateFiles {
 public:
  explicit CertificateFiles(const std::vector<Config::CertificatePair>& pairs = {});

  /// Reads the pairs that are other ones than when they were read last, by time, size and inode. True: what
  /// is served or refused may be another. Blocks.
  bool look();

  std::vector<CertificateTable::Entry> entries() const;
  /// By the chain's file.
  Refusals refused() const;

 private:
  using Stamp = std::array<int64_t, 6>;
  struct File {
    Config::CertificatePair pair;
    Stamp stamp{};
    io::CertificatePtr certificate;
    std::string why_not;
  };
  static Stamp stamp_of(const Config::CertificatePair& pair);
  static void read(File& file);

  std::vector<File> files_;
};

}  // namespace hancock::slardar
