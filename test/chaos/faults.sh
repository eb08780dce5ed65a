# strike KIND SIGNAL VICTIM HOLD_MS: the fault, and after HOLD_MS what is needed to end it. VICTIM is any number:
# the remainder of it picks one of those that are there.
strike() {
  local kind=$1 signal=$2 victim=$3 hold=$4 name
  case $kind in
    container) strike_container "$signal" "$victim" "$hold" ;;
    brain) strike_child "$signal" "$CLUSTER/data/master-1/brain.pid" "$hold" ;;
    etcd) strike_child "$signal" "$CLUSTER/data/master-1/etcd.pid" "$hold" ;;
    master) strike_member "$signal" master-1 "$hold" ;;
    gateway) strike_gateway "$signal" $((victim % gateways_count + 1)) "$hold" ;;
    agent | containerd | node)
      name=$kind-$((victim % nodes_count + 1))
      strike_member "$signal" "$name" "$hold"
      ;;
  esac
}

hold() { sleep "$(printf '%d.%03d' $(($1 / 1000)) $(($1 % 1000)))"; }

# What nobody but us starts again.
strike_member() {
  hancock dev kill --dir "$CLUSTER" "$2" --signal "$1"
  hold "$3"
  if [ "$1" = STOP ]; then
    hancock dev kill --dir "$CLUSTER" "$2" --signal CONT
  else
    hancock dev start --dir "$CLUSTER" "$2"
  fi
}

# What its parent starts again.
strike_child() {
  local pid
  pid=$(cat "$2")
  kill -"$1" "$pid"
  [ "$1" = STOP ] || return 0
  hold "$3"
  kill -CONT "$pid"
}

strike_container() {
  local running
  mapfile -t running < <(containers)
  local one=${running[$2 % ${#running[@]}]}
  strike_pid "$1" "${one##* }" "$3"
}
strike_pid() {
  kill -"$1" "$2"
  [ "$1" = STOP ] || return 0
  hold "$3"
  kill -CONT "$2"
}

# Who comes through this one may have to come again through another: from now until it serves again.
strike_gateway() {
  local from=$EPOCHREALTIME
  strike_member "$1" "gateway-$2" "$3"
  until_true 30 ask --fail "http://$(cut -d, -f"$2" <<< "$SLARDAR_ADMIN")/readyz"
  echo "$2 $from $EPOCHREALTIME" >> "$work/excused"
}
