#!/usr/bin/env bash
# From a command to the first answer: `hancock deploy` through the gateway, against `docker run -p`. ROUNDS (15).
. "$(dirname "$0")/lib.sh"
. "$bench/docker.sh"
section "From a command to the first answer" "One Task of the sample app, its image present, ready probes every 50 ms, \`min_healthy_time\` 0, against the same image
by Docker with its defaults (overlay2, bridge, iptables, userland proxy). Asked every 4 ms, each time on a new
connection: the gateway from the command's start on, Docker's port from the command's end on, because whoever comes
earlier is kept for a second by its proxy (ARP). In turns; the order changes every round."
rounds=${ROUNDS:-15}

up --nodes 1 --gateways 2
start_docker
load_image sample:1
gateway=${SLARDAR_HTTP%%,*}

hancock_round() {  # hancock_round APP: a line of JSON
  spec "$1" 1 > "$work/spec.yaml"
  local started figures
  started=$(date +%s%3N)
  figures=$(bench_first_answer during "$gateway" "$1.test" hancock deploy "$work/spec.yaml" 2> "$work/deploy.log")
  hancock events --app "$1" --json > "$work/events.json"
  jq -nc --argjson answer_ms "$figures" --argjson started "$started" --slurpfile events "$work/events.json" \
    --rawfile agent "$cluster/logs/agent-1.log" --rawfile containerd "$cluster/logs/containerd-1.log" \
    -f "$bench/milestones.jq"
  hancock rm "$1" > /dev/null
}
docker_round() {  # docker_round NAME PORT: milliseconds
  nsenter --target "$docker_pid" --net bench_first_answer after "127.0.0.1:$2" localhost \
    "$docker" -H "$docker_host" run -d --name "$1" -p "$2:8080" sample:1 2> "$work/docker-run.log"
  docker rm -f "$1" > /dev/null
}

# The first of each makes the image present, and is not counted.
for ((round = 0; round <= rounds; ++round)); do
  if ((round % 2)); then
    ours=$(hancock_round "app$round")
    theirs=$(docker_round "app$round" $((18000 + round)))
  else
    theirs=$(docker_round "app$round" $((18000 + round)))
    ours=$(hancock_round "app$round")
  fi
  note "round $round: hancock deploy $(jq .answer_ms <<< "$ours") ms, docker run $theirs ms"
  ((round == 0)) || jq -c --argjson docker "$theirs" '.docker_ms = $docker' <<< "$ours" >> "$work/rounds.json"
done

jq -rs -f "$bench/start.jq" "$work/rounds.json"
