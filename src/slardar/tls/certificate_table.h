// CertificateTable: which certificate a visitor is shown. Part of a Snapshot: built once, then only read.
//
// By the name that he asks for: one that has exactly this name, then one with a star for its first label,
// then the default, which is the first file's. Where several have it, the one that lasts longest.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "io/tls_certificate.h"

namespace hancock::slardar {

class CertificateTable {
 public:
  struct Entry {
    std::string source;  // a record's key, or a file
    std::string name;    // of the tls/ record; "" for a file's
    io::CertificatePtr certificate;
  };

  CertificateTable() = default;
  /// The first file's is the default.
  CertificateTable(std::vector<Entry> files, std::vector<Entry> records);

  /// `name` in lower case; "" when the visitor asks for none. nullptr: there is none at all to show.
  io::CertificatePtr find(std::string_view name) const;
  /// That of the tls/ record of this name; nullptr when there is none.
  io::CertificatePtr of_record(std::string_view name) const;

  const std::vector<Entry>& entries() const { return entries_; }

 private:
  std::vector<Entry> entries_;
  std::unordered_map<std::string, io::CertificatePtr> by_name_;  // "shop.test", "*.shop.test"
  io::CertificatePtr default_;
};

}  // namespace hancock::slardar
