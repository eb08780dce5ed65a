#include "slardar/http2/http2_output.h"

#include <algorithm>

namespace hancock::slardar {

bool Http2Output::collect(nghttp2_session* session) {
  while (!full()) {
    const uint8_t* data = nullptr;
    const auto size = nghttp2_session_mem_send(session, &data);
    if (size < 0) return false;
    if (size == 0) break;
    copy({reinterpret_cast<const char*>(data), static_cast<size_t>(size)});
  }
  return true;
}

void Http2Output::copy(std::string_view bytes) {
  bytes_ += bytes.size();
  if (pieces_.empty() || pieces_.back().owner != nullptr)
    pieces_.push_back({nullptr, nullptr, copied_.size(), 0});
  pieces_.back().size += bytes.size();
  copied_.append(bytes);
}

void Http2Output::refer(std::string_view bytes, const void* owner) {
  if (bytes.size() < kReferMin) return copy(bytes);
  bytes_ += bytes.size();
  pieces_.push_back({owner, bytes.data(), 0, bytes.size()});
}

void Http2Output::take(std::span<iovec>& offered, size_t bytes, const void* owner) {
  for (size_t left = bytes; left > 0;) {
    iovec& part = offered.front();
    const size_t taken = std::min(left, part.iov_len);
    refer({static_cast<const char*>(part.iov_base), taken}, owner);
    part.iov_base = static_cast<char*>(part.iov_base) + taken;
    part.iov_len -= taken;
    left -= taken;
    if (part.iov_len == 0) offered = offered.subspan(1);
  }
}

std::span<iovec> Http2Output::parts() {
  parts_.clear();
  for (const Piece& piece : pieces_) {
    const char* const data = piece.owner != nullptr ? piece.data : copied_.data() + piece.at;
    parts_.push_back({const_cast<char*>(data), piece.size});
  }
  return parts_;
}

void Http2Output::rescue(const void* owner) {
  for (size_t i = 0; i < parts_.size(); ++i) {
    if (pieces_[i].owner != owner || parts_[i].iov_len == 0) continue;
    rescued_.emplace_back(static_cast<const char*>(parts_[i].iov_base), parts_[i].iov_len);
    parts_[i].iov_base = rescued_.back().data();
  }
}

void Http2Output::clear() {
  constexpr size_t kKeptBytes = 16 << 10;
  if (copied_.capacity() > kKeptBytes) std::string().swap(copied_);
  copied_.clear();
  pieces_.clear();
  parts_.clear();
  rescued_.clear();
  bytes_ = 0;
}

}  // namespace hancock::slardar
