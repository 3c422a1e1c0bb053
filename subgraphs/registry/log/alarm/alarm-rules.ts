import { isToldSql } from '../../sql/ending.ts';
import { permitsOf, releasedAfterEnd } from '../read/access-ends.ts';
import { entryById } from '../read/entry-answer.ts';
import { BY_A_PERSON } from '../review/access-review-rules.ts';
import { AlarmKind } from './alarm.ts';

/** More denied units of one caller within an hour raise an alarm (DESIGN section 5). */
export const DENIED_UNITS_AN_HOUR = 2_000;

/**
 * A person who asks about so many youths within an hour raises an alarm: more than anybody follows who only opens the list of
 * the own groups.
 */
export const YOUTHS_AN_HOUR = 100;

/**
 * The span, back from now, in which releases after an end are looked for. It is longer than any pause of the registry's
 * process that nobody would notice.
 */
const LOOK_BACK = '1 day';

/** SQL of a caller, as an alarm's occasion has it: whoever reads the alarms only learns nothing of who it was. */
const WHO = "encode(sha256(convert_to(concat_ws(' ', e.agency, e.caller), 'UTF8')), 'hex')";

/** Callers within the last hour, of whom `having` holds. An alarm says it once for each hour that it goes on. */
function callersOfTheHour(kind: AlarmKind, condition: string, having: string): string {
  return `
    SELECT '${kind}' AS kind, busy.who || ' ' || to_char(busy.at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24') AS occasion,
      busy.entry, busy.request_id
    FROM (
      SELECT ${WHO} AS who, max(e.at) AS at, (array_agg(e.id ORDER BY e.at DESC, e.id DESC))[1] AS entry,
        (array_agg(e.request_id ORDER BY e.at DESC, e.id DESC))[1] AS request_id
      FROM registry.entry e
      WHERE e.at > registry.clock() - interval '1 hour' AND e.kind = 'DECISION' AND ${condition}
      GROUP BY e.caller, e.agency HAVING ${having}
    ) busy
    WHERE NOT EXISTS (
      SELECT FROM registry.alarm told WHERE told.kind = '${kind}' AND starts_with(told.occasion, busy.who)
        AND told.raised_at > registry.clock() - interval '1 hour'
    )`;
}

/** SQL of the alarms that there are grounds for: (kind, occasion, entry, request_id). Each looks at a bounded time. */
export const ALARM_RULES: Readonly<Record<AlarmKind, string>> = {
  DENIED_UNITS: callersOfTheHour(AlarmKind.DENIED_UNITS, 'NOT e.permitted', `count(*) > ${DENIED_UNITS_AN_HOUR}`),
  MANY_YOUTHS: callersOfTheHour(AlarmKind.MANY_YOUTHS, BY_A_PERSON, `count(DISTINCT e.youth) >= ${YOUTHS_AN_HOUR}`),
  RELEASED_AFTER_END: `
    SELECT DISTINCT ON (breach.request_id) '${AlarmKind.RELEASED_AFTER_END}' AS kind, breach.request_id::text AS occasion,
      breach.id AS entry, breach.request_id
    FROM (
      SELECT late.*, e.request_id FROM (
        ${releasedAfterEnd(permitsOf(`e.at > registry.clock() - interval '${LOOK_BACK}' AND ${isToldSql('e.at')}`))}
      ) late
      CROSS JOIN ${entryById('late.id')}
      WHERE NOT late.in_flight
    ) breach
    ORDER BY breach.request_id, breach.id DESC`,
};
