#include "slardar/tls/certificate_files.h"

#include <sys/stat.h>

#include "base/file.h"

namespace hancock::slardar {
namespace {

constexpr size_t kPemFileMax = 1 << 20;

}  // namespace

CertificateFiles::CertificateFiles(const std::vector<Config::CertificatePair>& pairs) {
  for (const Config::CertificatePair& pair : pairs) {
    files_.emplace_back();
    files_.back().pair = pair;
  }
}

CertificateFiles::Stamp CertificateFiles::stamp_of(const Config::CertificatePair& pair) {
  Stamp stamp{};
  size_t at = 0;
  for (const std::string& path : {pair.chain, pair.key}) {
    struct stat found {};
    if (::stat(path.c_str(), &found) != 0) found.st_size = -1;
    stamp[at++] = found.st_mtim.tv_sec * 1'000'000'000 + found.st_mtim.tv_nsec;
    stamp[at++] = found.st_size;
    stamp[at++] = static_cast<int64_t>(found.st_ino);
  }
  return stamp;
}

void CertificateFiles::read(File& file) {
  const auto chain = read_file(file.pair.chain, kPemFileMax);
  const auto key = read_file(file.pair.key, kPemFileMax);
  for (const auto* const text : {&chain, &key}) {
    if (*text) continue;
    file.why_not = text->error().message;
    return;
  }
  auto made = io::Certificate::of_pem(*chain, *key);
  file.why_not = made ? "" : made.error().message;
  if (made) file.certificate = std::move(*made);
}

bool CertificateFiles::look() {
  bool changed = false;
  for (File& file : files_) {
    const Stamp stamp = stamp_of(file.pair);
    if (stamp == file.stamp) continue;
    file.stamp = stamp;  // as it was before reading: what changes meanwhile is read again
    read(file);
    changed = true;
  }
  return changed;
}

std::vector<CertificateTable::Entry> CertificateFiles::entries() const {
  std::vector<CertificateTable::Entry> all;
  for (const File& each : files_) {
    if (each.certificate) all.push_back({each.pair.chain, "", each.certificate});
  }
  return all;
}

Refusals CertificateFiles::refused() const {
  Refusals all;
  for (const File& each : files_) {
    if (!each.why_not.empty()) all[each.pair.chain] = shortened(each.why_not);
  }
  return all;
}

}  // namespace hancock::slardar
