#include "slardar/tls/certificate_table.h"

#include <algorithm>

namespace hancock::slardar {

CertificateTable::CertificateTable(std::vector<Entry> files, std::vector<Entry> records)
    : entries_(std::move(files)) {
  if (!entries_.empty()) default_ = entries_.front().certificate;
  std::move(records.begin(), records.end(), std::back_inserter(entries_));
  for (const Entry& each : entries_) {
    for (const std::string& name : each.certificate->names()) {
      io::CertificatePtr& holder = by_name_[name];
      if (!holder || holder->not_after() < each.certificate->not_after()) holder = each.certificate;
    }
  }
}

io::CertificatePtr CertificateTable::find(std::string_view name) const {
  const std::string wanted(name);
  if (const auto exact = by_name_.find(wanted); exact != by_name_.end()) return exact->second;
  if (const size_t dot = wanted.find('.'); dot != std::string::npos && dot > 0) {
    const auto wildcard = by_name_.find("*" + wanted.substr(dot));
    if (wildcard != by_name_.end()) return wildcard->second;
  }
  return default_;
}

io::CertificatePtr CertificateTable::of_record(std::string_view name) const {
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const Entry& each) { return !each.name.empty() && each.name == name; });
  return found == entries_.end() ? nullptr : found->certificate;
}

}  // namespace hancock::slardar
