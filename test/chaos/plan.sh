# plan SEED ROUNDS: what goes wrong and when, a line a fault, the same for the same seed:
#
#   ROUND AFTER_MS KIND SIGNAL VICTIM HOLD_MS
#
# Pure: only this decides; faults.sh does. Every pair of kind and signal comes once before any comes twice. A
# second fault of a round strikes another plane than the first, so that somebody is always left to serve.
kinds=(container agent containerd gateway brain master etcd node)
declare -A plane=([container]=tasks [node]=tasks [agent]=workers [containerd]=workers [gateway]=gateways
  [brain]=control [master]=control [etcd]=control)

plan() {
  local rounds=$2 round deck=() first second
  RANDOM=$1
  for ((round = 1; round <= rounds; ++round)); do
    [ ${#deck[@]} -gt 0 ] || shuffled_deck
    first=${deck[-1]}
    unset 'deck[-1]'
    fault "$round" 0 "$first"
    ((RANDOM % 3 == 0)) || continue
    while true; do
      second=${kinds[RANDOM % ${#kinds[@]}]}
      [ "${plane[$second]}" = "${plane[${first% *}]}" ] || break
    done
    fault "$round" $((RANDOM % 1500)) "$second $((RANDOM % 2 ? 1 : 0))"
  done
}
# The caller's: deck.
shuffled_deck() {
  local kind i j held
  for kind in "${kinds[@]}"; do deck+=("$kind 1" "$kind 0"); done
  for ((i = ${#deck[@]} - 1; i > 0; --i)); do
    j=$((RANDOM % (i + 1)))
    held=${deck[i]} deck[i]=${deck[j]} deck[j]=$held
  done
}
fault() {  # fault ROUND AFTER_MS "KIND KILLED"
  local kind=${3% *} signal=STOP
  [ "${3#* }" -eq 0 ] || signal=KILL
  echo "$1 $2 $kind $signal $((RANDOM % 60)) $((200 + RANDOM % 2800))"
}
