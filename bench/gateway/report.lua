-- wrk's summary as a line of JSON. With HANCOCK_IDLE_MS each connection asks once and then rests so long.
local idle_ms = tonumber(os.getenv("HANCOCK_IDLE_MS") or "0")
if idle_ms > 0 then
  local first = tonumber(os.getenv("HANCOCK_CONNECTIONS"))
  function delay()
    first = first - 1
    return first >= 0 and 0 or idle_ms
  end
end

function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format('{"requests":%d,"seconds":%.3f,"bytes":%d,"errors":%d,"p50_us":%d,"p99_us":%d}\n',
    summary.requests, summary.duration / 1e6, summary.bytes,
    e.connect + e.read + e.write + e.status + e.timeout, latency:percentile(50), latency:percentile(99)))
end
