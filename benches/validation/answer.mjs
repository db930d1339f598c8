// A by-agent response that looks like the vendor's example, with a given number of rows.

/** @param {number} rows */
export function answer(rows) {
  const data = Array.from({ length: rows }, (_, n) => {
    const part = (length, salt) => ((n + 1) * salt).toString(16).padStart(length, "0").slice(-length);
    const calls = (n * 17) % 211;
    return {
      agentId: `${part(8, 2654435761)}-${part(4, 40503)}-4${part(3, 7919)}-8${part(3, 104729)}-${part(12, 1099511627)}`,
      agentName: n % 50 === 0 ? `Agent für ${n}` : `Support Agent ${n}`,
      messages: (n * 31) % 1999,
      calls,
      totalSeconds: calls * 127,
      isOrphan: false,
    };
  });
  data[rows - 1] = { ...data[rows - 1], agentId: null, agentName: "Unassigned", isOrphan: true };
  return { data, period: "month", periodStart: "2024-06-01T00:00:00Z", periodEnd: "2024-06-30T23:59:59Z" };
}
