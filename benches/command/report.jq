# The report by jq, which reads one record after the other. Times of one form are compared as text.
reduce inputs as $record ({agents: {}, ids: {}};
  (($record.startedAt // $record.receivedAt)) as $at
  | ($record | has("startedAt")) as $isCall
  | ($record.agentId // "") as $agent
  | if $record.agentName != null and $agent != "" and [$at, $record.agentName] > .agents[$agent].named
    then .agents[$agent].named = [$at, $record.agentName] else . end
  | if $at >= $from and $at < $to and (($isCall | not) or $record.status == "completed")
      and (.ids[$record.id] | not)
    then .ids[$record.id] = true
      | if $isCall
        then .agents[$agent].calls += 1 | .agents[$agent].totalSeconds += $record.durationSeconds
        else .agents[$agent].messages += 1 end
    else . end
)
| {data: [.agents | to_entries[] | select(.value.messages or .value.calls) | {
    agentId: (if .key == "" then null else .key end),
    agentName: (.value.named[1]? // (if .key == "" then "Unassigned" else .key end)),
    messages: (.value.messages // 0), calls: (.value.calls // 0), totalSeconds: (.value.totalSeconds // 0)
  }]}
