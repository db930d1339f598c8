# The events of the file, one a line: agent, kind, id, seconds, time and name. jq has no fast set of ids, so `sort` drops what was listed
# twice, and awk counts.
((.startedAt // .receivedAt)) as $at
| has("startedAt") as $isCall
| [.agentId // "", (if $isCall then "c" else "m" end), .id,
    (if $at >= $from and $at < $to and (($isCall | not) or .status == "completed") then .durationSeconds // 0 else -1 end),
    $at, .agentName // ""]
| @tsv
