/** SQL of the place of the entry `e` in the sealing order, in which entries are summed. */
export const PLACE = '(e.incarnation, e.xid, e.id)';

/** SQL of how far entries are summed, beside WITH_TAIL. */
export const SUMMED_PLACE = '(SELECT u.incarnation, u.xid, u.id FROM summed u)';

/**
 * SQL of a WITH clause's `summed`, how far entries are in the sums, and `tail`, the entries that are not: read by the index
 * of the sealing order, whatever the planner thinks of how many there are.
 */
export const WITH_TAIL = `
  summed AS MATERIALIZED (SELECT * FROM registry.summed_until),
  tail AS MATERIALIZED (
    SELECT e.* FROM registry.summed_until u
    CROSS JOIN LATERAL (
      SELECT * FROM registry.entry e WHERE ${PLACE} > (u.incarnation, u.xid, u.id)
      ORDER BY e.incarnation, e.xid, e.id OFFSET 0
    ) e
  )`;
