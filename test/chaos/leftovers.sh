# The end of everything, and what the machine still has of the cluster afterwards.

# Every process of the cluster but the containers, which go on.
kill_everything() {
  local pids
  mapfile -t pids < <(jq -r '.[].pid | select(. != null)' "$CLUSTER/processes.json"
    cat "$CLUSTER"/data/master-*/brain.pid
    pgrep -f "containerd-shim-runc-v2 .*-address /run/hancock-dev/$cluster_index/")
  kill -9 "${pids[@]}" 2> /dev/null || true
}

leftovers() {
  grep -F " $CLUSTER/" /proc/self/mountinfo
  ip -o link show | grep -E " hk$cluster_index(n[0-9]+)?[@:]"
  ls /run/netns 2> /dev/null | grep "^hancock-$cluster_index-"
  ip -o addr show | grep -F " 198.18.$cluster_index."
  find /sys/fs/cgroup -type d -name "hancock-$cluster_index"
  find /var/lib/cni /run/hancock-dev 2> /dev/null | grep -E "hancock-$cluster_index-|/$cluster_index(/|\$)"
  grep -sclzE "^HANCOCK_DEV=$cluster_index:" /proc/[0-9]*/environ
  ls -d "$CLUSTER" 2> /dev/null
  true
}
