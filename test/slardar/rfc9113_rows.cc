// RFC 9113, HTTP/2: what it asks of a server, and of a gateway that speaks HTTP/1.1 to its peers.
#include "row.h"

namespace hancock::slardar::testing {
namespace {

using H2 = Http2Visitor;
using Frame = H2::Frame;
using Fields = H2::Fields;
using End = FrameRow::End;

enum Error { kProtocol = 1, kFlowControl = 3, kStreamClosed = 5, kFrameSize = 6, kCompression = 9 };
constexpr uint8_t kWhole = H2::kEndHeaders | H2::kEndStream;
constexpr uint8_t kPadded = 8;

std::string bytes(std::initializer_list<int> values) {
  std::string text;
  for (const int value : values) text += static_cast<char>(value);
  return text;
}

Frame head(const Fields& fields, uint8_t flags = kWhole, uint32_t stream = 1) {
  return {H2::kHeaders, flags, stream, H2::encoded(fields)};
}
Frame get_frame(uint32_t stream = 1) { return head(H2::fields_of("GET", "/"), kWhole, stream); }
Frame post_frame(const Fields& more = {}) { return head(H2::fields_of("POST", "/", more), H2::kEndHeaders); }
Frame setting(int key, std::initializer_list<int> value) {
  return {H2::kSettings, 0, 0, bytes({0, key}) + bytes(value)};
}

class Rows {
 public:
  void dies(const char* id, std::vector<Frame> frames, int error) {
    rows.push_back({id, std::move(frames), End::kConnection, error, 0});
  }
  /// The stream alone; or, as RFC 9113 section 5.4.2 lets it, a 400 for what is malformed.
  void resets(const char* id, std::vector<Frame> frames, int error = kProtocol) {
    rows.push_back({id, std::move(frames), End::kStream, error, 1});
  }
  void answers(const char* id, std::vector<Frame> frames, int status = 200) {
    rows.push_back({id, std::move(frames), End::kAnswer, status, 1});
  }
  void malformed(const char* id, const Fields& more) { resets(id, {head(H2::fields_of("GET", "/", more))}); }
  std::vector<FrameRow> rows;
};

void add_frames(Rows& rows) {
  rows.answers("9113-4.1-1", {{42, 0xff, 0, "unknown"}, get_frame()});
  rows.answers("9113-4.1-2", {head(H2::fields_of("GET", "/"), kWhole | 0x40)});
  rows.dies("9113-4.2-1", {post_frame(), {H2::kData, 0, 1, std::string(16'385, 'a')}}, kFrameSize);
  rows.dies("9113-4.3-1", {{H2::kHeaders, kWhole, 1, bytes({0xff, 0xff, 0xff, 0xff})}}, kCompression);
  rows.dies("9113-5.1-1", {{H2::kData, 0, 1, "a"}}, kProtocol);
  rows.dies("9113-5.1-1", {{H2::kWindowUpdate, 0, 1, bytes({0, 0, 0, 1})}}, kProtocol);
  rows.dies("9113-5.1-2", {post_frame(), {H2::kData, H2::kEndStream, 1, "a"}, {H2::kData, 0, 1, "b"}},
            kStreamClosed);
  rows.dies("9113-5.1.1-1", {get_frame(2)}, kProtocol);
  rows.dies("9113-5.1.1-2", {get_frame(5), get_frame(3)}, kProtocol);
  rows.dies("9113-5.5-1", {head(H2::fields_of("GET", "/"), H2::kEndStream), {42, 0, 0, ""}}, kProtocol);
  rows.dies("9113-6.1-1", {{H2::kData, 0, 0, "a"}}, kProtocol);
  rows.dies("9113-6.1-2", {post_frame(), {H2::kData, kPadded, 1, bytes({9, 'a'})}}, kProtocol);
  rows.dies("9113-6.2-1", {get_frame(0)}, kProtocol);
  rows.dies("9113-6.4-1", {{H2::kReset, 0, 0, bytes({0, 0, 0, 8})}}, kProtocol);
  rows.dies("9113-6.4-2", {{H2::kReset, 0, 1, bytes({0, 0, 0, 8})}}, kProtocol);
  rows.dies("9113-6.4-3", {post_frame(), {H2::kReset, 0, 1, bytes({0, 0, 8})}}, kFrameSize);
  rows.dies("9113-6.5-1", {{H2::kSettings, H2::kAcknowledged, 0, bytes({0, 1, 0, 0, 0, 1})}}, kFrameSize);
  rows.dies("9113-6.5-2", {{H2::kSettings, 0, 1, ""}}, kProtocol);
  rows.dies("9113-6.5-3", {{H2::kSettings, 0, 0, bytes({0, 1, 0})}}, kFrameSize);
  rows.dies("9113-6.5.2-1", {setting(2, {0, 0, 0, 2})}, kProtocol);
  rows.dies("9113-6.5.2-2", {setting(4, {0x80, 0, 0, 0})}, kFlowControl);
  rows.dies("9113-6.5.2-3", {setting(5, {0, 0, 0, 1})}, kProtocol);
  rows.answers("9113-6.5.2-4", {setting(99, {0, 0, 0, 1}), get_frame()});
  rows.dies("9113-6.6-1", {{H2::kPush, H2::kEndHeaders, 1, bytes({0, 0, 0, 2})}}, kProtocol);
  rows.dies("9113-6.7-1", {{H2::kPing, 0, 1, std::string(8, 'a')}}, kProtocol);
  rows.dies("9113-6.7-2", {{H2::kPing, 0, 0, std::string(7, 'a')}}, kFrameSize);
  rows.dies("9113-6.8-1", {{H2::kGoAway, 0, 1, std::string(8, '\0')}}, kProtocol);
  rows.dies("9113-6.9-1", {{H2::kWindowUpdate, 0, 0, bytes({0, 0, 0, 0})}}, kProtocol);
  rows.dies("9113-6.9-2", {{H2::kWindowUpdate, 0, 0, bytes({0, 0, 1})}}, kFrameSize);
  rows.dies("9113-6.9.1-1", {{H2::kWindowUpdate, 0, 0, bytes({0x7f, 0xff, 0xff, 0xff})}}, kFlowControl);
  rows.resets("9113-6.9.1-2", {post_frame(), {H2::kWindowUpdate, 0, 1, bytes({0x7f, 0xff, 0xff, 0xff})}},
              kFlowControl);
  rows.dies("9113-6.10-1", {{H2::kContinuation, H2::kEndHeaders, 1, ""}}, kProtocol);
  rows.dies("9113-6.10-2",
            {head(H2::fields_of("GET", "/"), H2::kEndStream), {H2::kPing, 0, 0, std::string(8, 'a')}},
            kProtocol);
}

void add_requests(Rows& rows) {
  rows.resets("9113-8.1.1-1", {post_frame({{"content-length", "5"}}), {H2::kData, H2::kEndStream, 1, "abc"}});
  rows.resets("9113-8.1.1-1",
              {post_frame({{"content-length", "5"}}), {H2::kData, H2::kEndStream, 1, "abcdef"}});
  rows.malformed("9113-8.1.1-1", {{"content-length", "5"}});
  rows.malformed("9113-8.2-1", {{"X-Upper", "a"}});
  rows.malformed("9113-8.2.1-1", {{"a b", "c"}});
  rows.malformed("9113-8.2.1-1", {{"a:b", "c"}});
  rows.malformed("9113-8.2.1-2", {{"a", "b\r\nc: d"}});
  rows.malformed("9113-8.2.1-2", {{"a", std::string("\0", 1)}});
  rows.malformed("9113-8.2.1-3", {{"a", " b"}});
  rows.malformed("9113-8.2.1-3", {{"a", "b\t"}});
  for (const char* name : {"connection", "proxy-connection", "keep-alive", "transfer-encoding", "upgrade"})
    rows.malformed("9113-8.2.2-1", {{name, "a"}});
  rows.malformed("9113-8.2.2-2", {{"te", "gzip"}});
  rows.answers("9113-8.2.2-2", {head(H2::fields_of("GET", "/", {{"te", "trailers"}}))});
  rows.malformed("9113-8.3-1", {{":path", "/again"}});
  rows.malformed("9113-8.3-2", {{":status", "200"}});
  rows.malformed("9113-8.3-2", {{":own", "a"}});
  rows.resets("9113-8.3-3", {head({{"a", "b"}, {":method", "GET"}, {":scheme", "http"}, {":path", "/"}})});
  rows.resets("9113-8.3-4", {post_frame(), head({{":path", "/"}})});
  rows.resets("9113-8.3.1-1", {head({{":scheme", "http"}, {":authority", "shop.test"}, {":path", "/"}})});
  rows.resets("9113-8.3.1-1", {head({{":method", "GET"}, {":authority", "shop.test"}, {":path", "/"}})});
  rows.resets("9113-8.3.1-1", {head({{":method", "GET"}, {":scheme", "http"}, {":authority", "shop.test"}})});
  rows.resets("9113-8.3.1-2",
              {head({{":method", "GET"}, {":scheme", "http"}, {":authority", "shop.test"}, {":path", ""}})});
  rows.resets(
      "9113-8.3.1-3",
      {head({{":method", "GET"}, {":scheme", "http"}, {":authority", "u@shop.test"}, {":path", "/"}})});
  rows.malformed("9113-8.3.1-4", {{"host", "other.test"}});
}

}  // namespace

std::vector<FrameRow> rfc9113_rows() {
  Rows rows;
  add_frames(rows);
  add_requests(rows);
  return rows.rows;
}

}  // namespace hancock::slardar::testing
