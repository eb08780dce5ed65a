// ResponseBody: turns the bytes of a peer's answer into what the visitor's connection carries, without
// copying.
//
//   verbatim   length or chunks to a visitor who understands them: as they came, once checked
//   unwrapped  chunks to one who takes none (HTTP/1.0, HTTP/2): the data alone; HTTP/1.0's end is the close
//   wrapped    a body that ends with the peer's close, to HTTP/1.1: one chunk a read, so that a cut is seen
//   raw        the same to one who takes no chunks
// Pure; one message.
#pragma once

#include <sys/uio.h>

#include <array>
#include <span>

#include "slardar/http/body_scanner.h"
#include "slardar/http/message_buffer.h"

namespace hancock::slardar {

class ResponseBody {
 public:
  enum class Form { kVerbatim, kUnwrapped, kWrapped, kRaw };
  static constexpr size_t kPartsMax = 64;

  /// `takes_chunks`: the visitor can be sent chunks.
  void begin(const http::Framing& framing, bool takes_chunks);
  Form form() const { return form_; }
  /// True when the visitor's connection can carry another message after it.
  bool delimited() const { return form_ == Form::kVerbatim || form_ == Form::kWrapped; }
  bool done() const { return done_; }
  /// Of a body that came in chunks, once it is done.
  const std::vector<http::FieldView>& trailers() const { return scanner_.trailers(); }

  /// Consumes unread bytes and appends what is to be sent; those bytes must not move before it was. May leave
  /// some unread when `parts` is full: call again after sending. False: broken framing.
  bool take(MessageBuffer& buffer, std::span<iovec> parts, size_t& used);
  /// The peer has closed; `trailers`: lines that come behind the last chunk. False: that came too early.
  bool end(std::string_view trailers, std::span<iovec> parts, size_t& used);

 private:
  BodyScanner scanner_;
  Form form_ = Form::kVerbatim;
  bool until_close_ = false;
  bool done_ = true;
  std::array<char, 24> chunk_head_{};
};

}  // namespace hancock::slardar
