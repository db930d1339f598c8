-- The report by DuckDB. Only the columns that the report needs are declared, so that the others are not read.
with records as (
  select * from read_json('{file}', format = 'newline_delimited', columns = {
    id: 'VARCHAR', agentId: 'VARCHAR', agentName: 'VARCHAR', status: 'VARCHAR',
    startedAt: 'TIMESTAMP', receivedAt: 'TIMESTAMP', durationSeconds: 'BIGINT'
  })
), events as (
  select agentId, agentName, id, startedAt is not null as isCall, coalesce(startedAt, receivedAt) as time,
    coalesce(durationSeconds, 0) as seconds, startedAt is null or status = 'completed' as counts
  from records
), names as (
  select agentId, max_by(agentName, (time, agentName)) as agentName
  from events where agentId is not null and agentName is not null group by agentId
), counted as (
  select distinct on (isCall, id) agentId, isCall, seconds
  from events where counts and time >= timestamp '{from}' and time < timestamp '{to}'
)
select agentId, coalesce(names.agentName, agentId, 'Unassigned') as agentName,
  count(*) filter (not isCall) as messages, count(*) filter (isCall) as calls,
  coalesce(sum(seconds) filter (isCall), 0)::BIGINT as totalSeconds
from counted left join names using (agentId) group by all
