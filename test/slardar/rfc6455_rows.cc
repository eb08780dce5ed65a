// RFC 6455, WebSocket: what it asks of who stands between both ends.
#include "row.h"

namespace hancock::slardar::testing {

std::vector<JoinedRow> rfc6455_rows() {
  const std::string asks =
      "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
      "Sec-WebSocket-Version: 13\r\nOrigin: http://shop.test\r\nSec-WebSocket-Protocol: chat\r\n"
      "Sec-WebSocket-Extensions: permessage-deflate\r\n";
  const std::string accepts =
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: chat\r\n\r\n";
  const std::string masked = std::string("\x81\x85\x37\xfa\x21\x3d", 6) + "\x7f\x9f\x4d\x51\x58";
  const std::string fragments = std::string("\xc1\x01h\x00\x01i\x80\x00", 8);  // with a reserved bit
  const std::string close("\x88\x02\x03\xe8", 4);
  return {
      {"6455-4.1-1",
       asks,
       accepts,
       "",
       "",
       {"GET / HTTP/1.1\r\n", "Connection: upgrade\r\nUpgrade: websocket\r\n",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", "Sec-WebSocket-Version: 13\r\n",
        "Origin: http://shop.test\r\n", "Sec-WebSocket-Protocol: chat\r\n",
        "Sec-WebSocket-Extensions: permessage-deflate\r\n"},
       {}},
      {"6455-4.2.2-1",
       asks,
       accepts,
       "",
       "",
       {},
       {"HTTP/1.1 101 ", "Connection: upgrade\r\nUpgrade: websocket\r\n",
        "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n", "Sec-WebSocket-Protocol: chat\r\n"}},
      {"6455-5.1-1", asks, accepts, masked, "", {masked}, {}},
      {"6455-5.4-1", asks, accepts, fragments, fragments, {fragments}, {fragments}},
      {"6455-5.5.1-1", asks, accepts, close, close, {close}, {close}},
  };
}

}  // namespace hancock::slardar::testing
