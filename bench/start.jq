def median: sort | .[(length - 1) / 2 | floor];
def ms: . * 10 | round / 10;
. as $rounds |
"| | median | least | most |",
"|---|---|---|---|",
"| `hancock deploy` to the first answer through the gateway | \(map(.answer_ms) | median | ms) ms | \(map(.answer_ms) | min | ms) ms | \(map(.answer_ms) | max | ms) ms |",
"| `docker run -p` to the first answer | \(map(.docker_ms) | median | ms) ms | \(map(.docker_ms) | min | ms) ms | \(map(.docker_ms) | max | ms) ms |",
"| ratio, round by round (at most 1.0; aim 0.3) | **\(map(.answer_ms / .docker_ms) | median * 100 | round / 100)** | \(map(.answer_ms / .docker_ms) | min * 100 | round / 100) | \(map(.answer_ms / .docker_ms) | max * 100 | round / 100) |",
"",
"\(length) rounds. Where the time of `hancock deploy` goes (medians):",
"",
"| step | ms |",
"|---|---|",
(.[0].steps | keys_unsorted[] as $step | "| \($step) | \($rounds | map(.steps[$step]) | median | ms) |")
