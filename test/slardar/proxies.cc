#include "proxies.h"

#include <gtest/gtest.h>

#include <csignal>
#include <fstream>

#include "base/file.h"
#include "slardar/testing/peers.h"

namespace hancock::slardar::testing {
namespace {

io::Async<void> rest(io::Loop& loop) { co_await loop.sleep_for(5ms); }

io::Async<std::string> talk(io::Loop& loop, io::Address address, std::string bytes, Duration patience) {
  std::string all;
  auto stream = co_await io::connect(loop, address, loop.now() + kPatience);
  if (!stream) co_return all;
  auto sent = co_await (*stream)->send(bytes, loop.now() + kPatience);
  std::vector<char> room(64 << 10);
  while (sent) {
    auto count = co_await (*stream)->recv(room, loop.now() + patience);
    if (!count || *count == 0) break;
    all.append(room.data(), *count);
  }
  co_return all;
}

}  // namespace

Proxy::Proxy(io::Loop& loop, Kind kind)
    : loop_(loop), peer_(loop), address_(*io::Address::of("127.0.0.1", free_port(loop))) {
  SpawnOptions options;
  options.argv = command(kind);
  options.env = {"HOME=" + folder_.path().string(), "XDG_DATA_HOME=" + folder_.path().string(),
                 "XDG_CONFIG_HOME=" + folder_.path().string()};
  options.log = folder_ / "log";
  options.death_signal = SIGKILL;
  auto process = Process::spawn(options);
  if (!process) {
    ADD_FAILURE() << process.error().message;
    return;
  }
  process_ = std::make_unique<Process>(std::move(*process));
  peer_.begin(std::string(RecordingPeer::kLast));
  const TimePoint deadline = loop_.now() + kPatience;
  while (
      said_to("GET /last HTTP/1.1\r\nHost: shop.test\r\nConnection: close\r\n\r\n", kPatience).find("last") ==
      std::string::npos) {
    if (loop_.now() > deadline) {
      ADD_FAILURE() << name_ << " does not serve: " << read_file(folder_ / "log").value_or("");
      return;
    }
    loop_.block_on(rest(loop_));
  }
}

Proxy::~Proxy() {
  if (!process_) return;
  (void)process_->send_signal(SIGKILL);
  (void)process_->wait(BootClock::now() + kPatience);
}

std::string Proxy::said_to(const std::string& bytes, Duration patience) {
  return loop_.block_on(talk(loop_, address_, bytes, patience));
}

void Proxy::write(const std::string& file, const std::string& text) { std::ofstream(folder_ / file) << text; }

// Each as its manual sets up a reverse proxy, with kept connections to the peer.
std::vector<std::string> Proxy::command(Kind kind) {
  const std::string listens = address_.to_string();
  const std::string port = std::to_string(peer_.port());
  const std::string folder = folder_.path();
  switch (kind) {
    case Kind::kSlardar:
      name_ = "slardar";
      write("upstreams.yaml",
            "shop.test: {enable: false, servers: [{host: 127.0.0.1, port: " + port + "}]}\n");
      return {SLARDAR_PROGRAM,
              "--http",
              listens,
              "--admin",
              "127.0.0.1:0",
              "--upstreams",
              folder + "/upstreams.yaml",
              "--workers",
              "1"};
    case Kind::kNginx:
      name_ = "nginx";
      write("nginx.conf",
            "daemon off; master_process off; pid " + folder + "/pid; error_log " + folder +
                "/error;\nevents {}\nhttp {\n access_log off; client_body_temp_path " + folder +
                "/b; proxy_temp_path " + folder + "/p; fastcgi_temp_path " + folder + "/f; uwsgi_temp_path " +
                folder + "/u; scgi_temp_path " + folder + "/s;\n upstream web { server 127.0.0.1:" + port +
                " max_fails=0; keepalive 4; }\n server { listen " + listens +
                "; location / { proxy_pass http://web; proxy_http_version 1.1;\n"
                "  proxy_set_header Connection \"\"; proxy_set_header Host $http_host; } }\n}\n");
      return {"nginx", "-c", folder + "/nginx.conf"};
    case Kind::kHaproxy:
      name_ = "HAProxy";
      write("haproxy.cfg",
            "defaults\n mode http\n timeout connect 1s\n timeout client 5s\n timeout server 5s\n"
            "frontend web\n bind " +
                listens + "\n default_backend web\nbackend web\n server peer 127.0.0.1:" + port + "\n");
      return {"haproxy", "-db", "-f", folder + "/haproxy.cfg"};
    case Kind::kCaddy:
      name_ = "Caddy";
      write("Caddyfile", "{\n admin off\n auto_https off\n}\nhttp://:" + std::to_string(address_.port()) +
                             " {\n bind 127.0.0.1\n reverse_proxy 127.0.0.1:" + port + "\n}\n");
      return {"caddy", "run", "--config", folder + "/Caddyfile"};
  }
  return {};
}

}  // namespace hancock::slardar::testing
