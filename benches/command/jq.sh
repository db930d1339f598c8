#!/bin/sh
# `jq.sh FILE FROM TO` prints the report of a file by jq, sort and awk, as rows that are separated by tabs.
here=$(dirname "$0")
export LC_ALL=C
jq -r --arg from "$2" --arg to "$3" -f "$here/events.jq" "$1" |
  sort -u -t "$(printf '\t')" -k 2,3 |
  awk -F '\t' '
    $6 != "" && $1 != "" && $5 "\t" $6 > named[$1] { named[$1] = $5 "\t" $6 }
    $4 >= 0 && $2 == "m" { messages[$1]++; seen[$1] }
    $4 >= 0 && $2 == "c" { calls[$1]++; seconds[$1] += $4; seen[$1] }
    END {
      for (agent in seen) {
        split(named[agent], name, "\t")
        shown = name[2] != "" ? name[2] : agent == "" ? "Unassigned" : agent
        printf "%s\t%s\t%d\t%d\t%d\n", agent, shown, messages[agent], calls[agent], seconds[agent]
      }
    }'
