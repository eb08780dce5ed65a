# Rounds of gateway.sh as tables: CPU time a request, and ratios within a round.
def median: sort | if length % 2 == 1 then .[length / 2 | floor] else (.[length / 2 - 1] + .[length / 2]) / 2 end;
def digits(n): . * pow(10; n) | round / pow(10; n);
# Of sorted values, what the median lies within with some 95 %.
def interval: sort | length as $n | ([(($n - 1.96 * ($n | sqrt)) / 2 | floor), 0] | max) as $k | [.[$k], .[$n - 1 - $k]];

{keep_alive: {title: "64 keep-alive connections, 100 bytes", must: {nginx: 0.80, haproxy: 0.80}},
 thousand: {title: "1,000 connections, 100 bytes", must: {nginx: 0.75, haproxy: 0.65}},
 large: {title: "64 connections, 64 KiB", must: {nginx: 0.85, haproxy: 0.65}},
 new_connection: {title: "a new connection each", must: {nginx: 0.90, haproxy: 0.90}},
 http2: {title: "HTTP/2: 16 connections of 32 streams, 100 bytes", must: {nginx: 1.0, haproxy: 1.0}},
 stream: {title: "TCP streams, per GiB", must: {haproxy: 1.15}},
 handshake: {title: "HTTPS: a new connection each", must: {nginx: 1.0, haproxy: 1.0}},
 secure_stream: {title: "HTTPS in bulk, per GiB", must: {nginx: 1.0, haproxy: 1.0}}} as $scenarios
| . as $all
| def figures($scenario; $proxy): $all | map(select(.scenario == $scenario and .proxy == $proxy));
  def cpu($scenario; $proxy): figures($scenario; $proxy)
    | if length == 0 then "" else "\(map(.cpu_us) | median | digits(1)) (\(map(.user) | median * 100 | round) %)" end;
  def ratios($subject; $scenario; $rival): figures($scenario; $subject) as $ours
    | figures($scenario; $rival) | map(. as $their | $ours[] | select(.round == $their.round) | .cpu_us / $their.cpu_us);
  def differences($subject; $scenario; $rival): figures($scenario; $subject) as $ours
    | figures($scenario; $rival) | map(. as $their | $ours[] | select(.round == $their.round) | .cpu_us - $their.cpu_us);
  def told($bound): (interval | map(digits(2))) as [$from, $to]
    | "**\(median | digits(2))** (\($from) to \($to))\(if $bound then "; at most \($bound)" else "" end)";
  def per_s($scenario; $proxy): figures($scenario; $proxy) | map(.per_s // empty)
    | if length == 0 then "" else "\(median | round)" end;
  def ratio($scenario; $rival): ratios("slardar"; $scenario; $rival)
    | if length == 0 then "" else told($scenarios[$scenario].must[$rival]) end;
  [$scenarios | keys_unsorted[] | select(. as $name | any($all[]; .scenario == $name))] as $names
| "CPU time a request in us, in brackets its share outside of the kernel; medians of \($all | map(.round) | max) rounds.", "",
  "| | slardar | nginx | HAProxy | Caddy |", "|---|---|---|---|---|",
  ($names[] | "| \($scenarios[.].title) | \(cpu(.; "slardar")) | \(cpu(.; "nginx")) | \(cpu(.; "haproxy")) | \(cpu(.; "caddy")) |"),
  "", "Ratios, round by round: median, and where it lies with 95 %.", "",
  "| slardar against | nginx | HAProxy | Caddy |", "|---|---|---|---|",
  ($names[] | "| \($scenarios[.].title) | \(ratio(.; "nginx")) | \(ratio(.; "haproxy")) | \(ratio(.; "caddy")) |"),
  "", "Answers a second, by the clock.", "",
  "| | slardar | nginx | HAProxy | Caddy |", "|---|---|---|---|---|",
  ($names[] | select(endswith("stream") | not)
   | "| \($scenarios[.].title) | \(per_s(.; "slardar")) | \(per_s(.; "nginx")) | \(per_s(.; "haproxy")) | \(per_s(.; "caddy")) |"),
  (ratios("logged"; "access_log"; "slardar") | select(length > 0)
   | "", "With an access log in a file, against slardar without one (64 keep-alive connections): \(told(1.05))."),
  (differences("scripted"; "script"; "slardar") | select(length > 0)
   | "", "With a script of hot Lua before each request, a canary by header, in µs more than without one: \(told(2)).")
