# A Docker daemon of our own, as Debian ships it: in network, mount and pid namespaces of its own, with all it
# has in $work/docker. Ending its first process ends all of it.
docker=$(dpkg -L docker.io | sed -n '/\/bin\/docker$/p')
docker_host=unix://$work/docker/socket
docker() { "$docker" -H "$docker_host" "$@"; }

start_docker() {
  mkdir -p "$work/docker"
  unshare --net --mount --pid --fork --kill-child --mount-proc sh -c "
    mount -t tmpfs none /run && mkdir -p /etc/docker && mount -t tmpfs none /etc/docker && ip link set lo up &&
    exec dockerd --data-root '$work/docker/root' --exec-root '$work/docker/exec' --pidfile '$work/docker/pid' \
      --host '$docker_host' --cgroup-parent /hancock-bench" > "$work/docker/log" 2>&1 &
  docker_parent=$!
  on_exit+=(stop_docker)
  local deadline=$((SECONDS + 60))
  until docker info > /dev/null 2>&1; do
    [ $SECONDS -lt $deadline ] && kill -0 $docker_parent || { tail -n 20 "$work/docker/log" >&2; return 1; }
    sleep 0.1
  done
  docker_pid=$(pgrep -P $docker_parent)
}

stop_docker() {
  kill -9 "$docker_pid"
  wait "$docker_parent" 2> /dev/null || true
  local hierarchy
  for hierarchy in /sys/fs/cgroup/*/hancock-bench; do
    [ ! -d "$hierarchy" ] || find "$hierarchy" -depth -type d -exec rmdir {} +
  done
}

# load_image NAME: the cluster's image under that name.
load_image() {
  skopeo --insecure-policy copy -q --src-tls-verify=false "docker://$HANCOCK_IMAGES/sample:1" \
    "docker-archive:$work/image.tar:$1"
  docker load -q -i "$work/image.tar" > /dev/null
}
