# One deployment: when each step was over, in milliseconds from the command's start. Steps that overlap or were
# done ahead take no time of their own.
def at: (.[0:19] + "Z" | fromdate) * 1000 + ("0." + (.[20:] | rtrimstr("Z")) | tonumber * 1000);
def event($kind): [$events[] | select(.kind == $kind) | .time | at] | last;
def logged($log; $pattern): [$log | split("\n")[] | select(test($pattern)) | capture("(?<t>20[-0-9]+T[0-9:.]+Z)").t | at] | last;
($events | map(select(.kind == "task.assigned")) | last | .task) as $task |
{
  "command, spec checked, Version committed": event("service.created"),
  "Task placed": event("task.assigned"),
  "assignment at the Agent": logged($agent; "task \($task) is pulling"),
  "image looked up": logged($agent; "task \($task) is starting"),
  "sandbox, network": logged($containerd; "RunPodSandbox for .*Name:\($task),.* returns sandbox"),
  "ports, container created": logged($containerd; "CreateContainer within sandbox .* returns container id"),
  "container started": logged($containerd; "StartContainer for .* returns successfully"),
  "Agent knows": logged($agent; "task \($task) is running"),
  "ready probes": logged($agent; "task \($task) is ready"),
  "registered, reported": event("task.ready"),
  "route written": event("deployment.switched"),
  "gateway answers": ($started + $answer_ms)
} | to_entries as $steps |
{
  $answer_ms,
  steps: [range($steps | length) as $i |
    ([$steps[range($i)].value, $started] | map(select(. != null)) | max) as $before |
    {key: $steps[$i].key, value: ([($steps[$i].value // $before) - $before, 0] | max)}] | from_entries
}
