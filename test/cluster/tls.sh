#!/usr/bin/env bash
# Hosts behind HTTPS with certificates of the Registry, and a TCP port that is shared by the names that TLS asks for.
. "$(dirname "$0")/lib.sh"

export ETCDCTL_API=3
etcd() { etcdctl --endpoints "$HANCOCK_ETCD" "$@" > /dev/null; }
certificate() {  # certificate NAME HOST: puts a fresh one for HOST into the Registry, and leaves NAME.pem
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=$2" \
    -addext "subjectAltName=DNS:$2" -keyout "$work/$1.key" -out "$work/$1.pem" 2> /dev/null
  etcd put "/hancock/tls/$1" "$(jq -n --rawfile chain "$work/$1.pem" --rawfile key "$work/$1.key" \
    '{chain: $chain, key: $key}')"
}
trap 'etcd del --prefix /hancock/tls/; stop_visitors; rm -rf "$work"' EXIT

# `mine` is for the host as well, but it is `named` that the spec names.
certificate named tls.test
certificate mine tls.test
spec tls tls.test | sed 's|port: http}\]|tls: named, redirect_https: true}, {tcp: 7102, sni: [db.test]}]|' > "$work/tls.yaml"
expect_exit 0 hancock deploy "$work/tls.yaml"
for gateway in ${SLARDAR_HTTPS//,/ }; do
  secure() { curl -sS --max-time 5 --cacert "$work/$1.pem" --resolve "tls.test:${gateway##*:}:${gateway%:*}" \
    "https://tls.test:${gateway##*:}/"; }
  until_true 10 secure named
  expect_eq "$(secure named | jq -r .version)" 1
  if secure mine 2> /dev/null; then fail "another certificate than the named one was shown"; fi
done
expect_eq "$(ask -o /dev/null -w '%{http_code} %{redirect_url}' -H 'Host: tls.test' "http://$(first_gateway)/")" \
  "308 https://tls.test/"

# What names ask for goes to whom they belong; the Tasks here speak no TLS, and so it is they who say so.
spec other other.test | sed 's|\[{hosts.*|[{tcp: 7102, sni: ["*.other.test"]}]|' > "$work/other.yaml"
expect_exit 0 hancock deploy "$work/other.yaml"
said() { openssl s_client -connect "${SLARDAR_TCP%%,*}:7102" -servername "$1" < /dev/null 2>&1 || true; }
expect_contains "$(said db.test)" "wrong version number"
expect_contains "$(said a.other.test)" "wrong version number"
reaches() { [[ "$(said "$1")" == *"wrong version number"* ]]; }
if reaches none.test; then fail "a name that nobody has came to somebody"; fi
expect_exit 0 hancock stop other
if reaches a.other.test; then fail "it is not the one who has the name that answers"; fi
reaches db.test || fail "the other name at the port went away too"

# Nobody else has them, nor the whole port.
refused() {  # refused ROUTE WHAT [MORE]: nothing of it happens, and the line says why
  spec rival rival.test | sed "s|\[{hosts.*|[$1]|" > "$work/rival.yaml"
  expect_exit 2 hancock deploy "$work/rival.yaml"
  expect_contains "$output" "rival.yaml"
  expect_contains "$output" "services.web.routes[0].$2"
  expect_contains "$output" "${3:-}"
  expect_exit 1 hancock status rival
}
refused '{tcp: 7102, sni: [db.test]}' 'sni[0]: ' "db.test:7102 belongs to service tls/web"
refused '{tcp: 7102}' 'tcp: ' "belongs to service"
refused '{tcp: 7102, sni: [db_test]}' 'sni[0]: db_test: must be a DNS name'
refused '{hosts: [rival.test], sni: [db.test]}' 'sni: '

# Freed with the last route that asks for it.
expect_exit 0 hancock rm other
expect_exit 0 hancock rm tls
spec rival rival.test | sed 's|\[{hosts.*|[{tcp: 7102}]|' > "$work/rival.yaml"
expect_exit 0 hancock deploy "$work/rival.yaml"
expect_eq "$(ask "http://${SLARDAR_TCP%%,*}:7102/" | jq -r .version)" 1
expect_exit 0 hancock rm rival
