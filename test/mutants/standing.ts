import { changesOf, MODEL, type Mutant } from './mutant.ts';

/** What `authorize` decides by. */
const deciding = changesOf(
  'rule/standing',
  [MODEL],
  [
    ['C8 birthdays turn at midnight Europe/Stockholm', "AT TIME ZONE 'Europe/Stockholm'", "AT TIME ZONE 'UTC'"],
    [
      'a seat’s role counts as itself',
      "WHEN 'MENTOR' THEN 2 WHEN 'CASEWORKER' THEN 4",
      "WHEN 'MENTOR' THEN 1 WHEN 'CASEWORKER' THEN 4",
    ],
    ['a seat is informed when it has been', 's.informed_at IS NOT NULL AS informed', 'true AS informed'],
    ['C4 a deputy holds a seat handed over', 'CASE WHEN away.now THEN s.deputy ELSE s.holder END', 's.holder'],
    ['C4 the holder does not', 'CASE WHEN away.now THEN s.deputy ELSE s.holder END', 'coalesce(s.holder, s.deputy)'],
    [
      'C4 the holder holds it before and after',
      'CASE WHEN away.now THEN s.deputy ELSE s.holder END',
      'CASE WHEN s.handed_over_from IS NULL THEN s.holder ELSE s.deputy END',
    ],
    ['the time left ends with the seat', '    s.ended_at,\n', ''],
    ['the time left of a deputy ends with the hand-over', 'WHEN away.now THEN s.handed_over_until WHEN', 'WHEN'],
    [
      'the time left of a holder ends when a hand-over begins',
      'WHEN s.handed_over_from > registry.clock() THEN s.handed_over_from END',
      'END',
    ],
    ['C8 a hand-over begins', 's.handed_over_from <= registry.clock() AND (s', 's.handed_over_from IS NOT NULL AND (s'],
    [
      'C8 the begin of a hand-over is part of it',
      's.handed_over_from <= registry.clock() AND (s',
      's.handed_over_from < registry.clock() AND (s',
    ],
    ['C8 a hand-over ends', ' AND (s.handed_over_until > registry.clock()) IS NOT FALSE AS now', ' AS now'],
    [
      'C8 the end of a hand-over is no part of it',
      '(s.handed_over_until > registry.clock())',
      '(s.handed_over_until >= registry.clock())',
    ],
    [
      'C4 a hand-over may have no end',
      '(s.handed_over_until > registry.clock()) IS NOT FALSE',
      's.handed_over_until > registry.clock()',
    ],
    ['C4 an ended seat is held by nobody', 'WHERE (s.ended_at > registry.clock()) IS NOT FALSE'],
    [
      'C8 the end of a seat is no part of it',
      'WHERE (s.ended_at > registry.clock())',
      'WHERE (s.ended_at >= registry.clock())',
    ],
    [
      'C5 a signature told before 18 does not outlast that birthday',
      'THEN least(valid_until, registry.birthday(born, 18)) ELSE',
      'THEN valid_until ELSE',
    ],
    [
      'C5 a signature told after 18 may',
      'WHERE s.consent = version_id AND s.told_at < registry.birthday(born, 18)\n',
      'WHERE s.consent = version_id\n',
    ],
    [
      'C5 the birthday itself is after',
      's.told_at < registry.birthday(born, 18)\n',
      's.told_at <= registry.birthday(born, 18)\n',
    ],
    ['C5 only its own signatures bound a version', 'WHERE s.consent = version_id AND s.told_at <', 'WHERE s.told_at <'],
    [
      'C5 the birthday does not prolong a version',
      'least(valid_until, registry.birthday(born, 18))',
      'registry.birthday(born, 18)',
    ],
    [
      'a withdrawal is no refusal',
      "WHERE r.kind = 'REFUSAL' AND r.consent_grant IS NULL) AS refused_at",
      'WHERE r.consent_grant IS NULL) AS refused_at',
    ],
    ['a refusal of one grant refuses one', "r.kind = 'REFUSAL' AND r.consent_grant IS NULL)", "r.kind = 'REFUSAL')"],
    [
      'a withdrawal of one grant withdraws one',
      "r.kind = 'WITHDRAWAL' AND r.consent_grant IS NULL)",
      "r.kind = 'WITHDRAWAL')",
    ],
    [
      'a withdrawal of one grant is no refusal',
      "WHERE r.kind = 'REFUSAL' AND r.consent_grant IS NOT NULL",
      'WHERE r.consent_grant IS NOT NULL',
    ],
    ['C6 what is said reaches its own version', ' WHERE r.consent = version_id\n'],
    ['C7 superseded is for ever', 's.superseded_at, s.final\n  OR predecessor', 's.superseded_at, predecessor'],
    ['C7 a pending version ends whatever becomes of the next', '  OR predecessor.fully_signed_at IS NULL\n'],
    [
      'C7 a successor that has ended before supersedes nothing',
      's.superseded_at <= least(successor.effective_until, successor.refused_at, successor.withdrawn_at)',
      'true',
    ],
    [
      'C7 nor one that has expired before',
      'least(successor.effective_until, successor.refused_at',
      'least(successor.refused_at',
    ],
    [
      'C7 nor one that was refused before',
      'successor.effective_until, successor.refused_at, successor',
      'successor.effective_until, successor',
    ],
    ['C7 nor one that was withdrawn before', ', successor.withdrawn_at) AS counts', ') AS counts'],
    [
      'C5 from 15 the youth signs too',
      "(policy = 'DEFAULT' AND t < registry.birthday(born, 15) OR own.signed)",
      'true',
    ],
    [
      'C5 under 15 the youth need not sign',
      "policy = 'DEFAULT' AND t < registry.birthday(born, 15) OR own.signed",
      'own.signed',
    ],
    ['C5 a programme may want the youth’s signature', "policy = 'DEFAULT' AND t < registry", 't < registry'],
    [
      'C8 the 15th birthday is of age 15',
      't < registry.birthday(born, 15) OR own',
      't <= registry.birthday(born, 15) OR own',
    ],
    [
      'C5 an unknown birth date is as a missing signature',
      'WHEN born IS NULL THEN false',
      'WHEN born IS NULL THEN true',
    ],
    ['C5 from 18 the youth alone signs', 'WHEN t >= registry.birthday(born, 18) THEN own.signed\n', '\n'],
    [
      'C5 from 18 the youth must sign',
      'WHEN t >= registry.birthday(born, 18) THEN own.signed',
      'WHEN t >= registry.birthday(born, 18) THEN true',
    ],
    [
      'C8 the 18th birthday is of age 18',
      'WHEN t >= registry.birthday(born, 18)',
      'WHEN t > registry.birthday(born, 18)',
    ],
    ['C5 the guardians sign too', 'ELSE guardians.suffice AND (', 'ELSE ('],
    [
      'C5 a youth’s signature counts from 15',
      's.told_at >= registry.birthday(born, 15) OR matured_at',
      'true OR matured_at',
    ],
    [
      'C5 on the 15th birthday, too',
      's.told_at >= registry.birthday(born, 15)',
      's.told_at > registry.birthday(born, 15)',
    ],
    ['C5 or after a maturity assessment', ' OR matured_at < s.recorded_at)\n', ')\n'],
    ['C5 a signature under this version', 'WHERE s.consent = version_id AND s.recorded_at', 'WHERE s.recorded_at'],
    [
      'C5 a guardian’s signature is not the youth’s',
      'FILTER (WHERE s.guardian IS NULL), false) AS signed',
      ', false) AS signed',
    ],
    ['C5 without a guardian nobody has consented', 'SELECT count(*) > 0 AND (', 'SELECT ('],
    ['C5 every guardian with custody signs', 'count(*) FILTER (WHERE NOT k.signed) = 0\n', 'true\n'],
    ['C5 a waiver is never of the only guardian', 'OR count(*) > 1 AND count(*) FILTER', 'OR count(*) FILTER'],
    [
      'C5 at most one guardian is excused',
      'count(*) > 1 AND count(*) FILTER (WHERE NOT k.signed) = 1 AND',
      'count(*) > 1 AND',
    ],
    ['C5 a guardian is excused by a waiver', ' AND bool_or(NOT k.signed AND k.excused)'],
    ['C5 the waiver is of the one who has not signed', 'bool_or(NOT k.signed AND k.excused)', 'bool_or(k.excused)'],
    [
      'C5 an acknowledgement counts from the full signing on',
      'acknowledged_at >= fully_signed_at AND acknowledger',
      'acknowledged_at IS NOT NULL AND acknowledger',
    ],
    ['C5 who recorded a signature acknowledges nothing', ' AND acknowledger <> ALL (recorders)', ''],
    ['C5 a system is nobody', 'array_agg(coalesce(s.recorded_for, s.recorded_by))', 'array_agg(s.recorded_by)'],
    ['the time left ends when custody changes', '    signers.change_at\n', '    NULL::timestamptz\n'],
    [
      'the next change of custody lies ahead',
      'WHERE k.youth = youth_id AND change.at > t)',
      'WHERE k.youth = youth_id)',
    ],
    ['a change of custody is the youth’s', 'WHERE k.youth = youth_id AND change.at > t)', 'WHERE change.at > t)'],
    ['a guardian counts once', 'SELECT DISTINCT k.guardian,', 'SELECT k.guardian,'],
    [
      'C5 a guardian signs for nobody else',
      'coalesce(k.guardian = ANY (own.guardians), false) AS signed',
      'own.guardians IS NOT NULL AS signed',
    ],
    [
      'C5 who has not signed has not',
      'coalesce(k.guardian = ANY (own.guardians), false) AS signed',
      'k.guardian = ANY (own.guardians) AS signed',
    ],
    ['C5 a waiver is of this version', 'w.consent = version_id AND w.guardian = k.guardian', 'w.guardian = k.guardian'],
    ['C5 a waiver is of one guardian', 'w.consent = version_id AND w.guardian = k.guardian', 'w.consent = version_id'],
    ['C5 custody of this youth', 'WHERE k.youth = youth_id AND k.starts_at', 'WHERE k.starts_at'],
    ['C5 custody begins', 'AND k.starts_at <= t AND (k.ends_at', 'AND (k.ends_at'],
    ['C8 the begin of custody is part of it', 'k.starts_at <= t AND (k.ends_at', 'k.starts_at < t AND (k.ends_at'],
    ['C5 custody ends', ' AND (k.ends_at > t) IS NOT FALSE\n', '\n'],
    ['C8 the end of custody is no part of it', '(k.ends_at > t) IS NOT FALSE', '(k.ends_at >= t) IS NOT FALSE'],
    ['C5 custody may have no end', '(k.ends_at > t) IS NOT FALSE', 'k.ends_at > t'],
    [
      'C7 expired is for ever',
      'c.expired_at IS NOT NULL OR registry.clock() >= term.effective_until AS expired',
      'registry.clock() >= term.effective_until AS expired',
    ],
    [
      'C5 a version expires',
      'c.expired_at IS NOT NULL OR registry.clock() >= term.effective_until AS expired',
      'c.expired_at IS NOT NULL AS expired',
    ],
    [
      'C8 the end is no part of the interval',
      'OR registry.clock() >= term.effective_until AS',
      'OR registry.clock() > term.effective_until AS',
    ],
    ['C7 a version that has a successor ends', 'THEN registry.superseded_at(c.id) END', 'THEN NULL::timestamptz END'],
    [
      'C7 it ends with the first of its successors that count',
      'SELECT min(s.superseded_at) FROM registry.supersession_standing',
      'SELECT max(s.superseded_at) FROM registry.supersession_standing',
    ],
    [
      'C7 a supersession begins',
      'superseded.superseded_at <= registry.clock(), false) AS superseded',
      'superseded.superseded_at IS NOT NULL, false) AS superseded',
    ],
    [
      'C8 the instant of the supersession is part of it',
      'superseded.superseded_at <= registry.clock(), false) AS superseded',
      'superseded.superseded_at < registry.clock(), false) AS superseded',
    ],
    ['C7 a refusal or withdrawal is final', 'num_nonnulls(reach.refused_at, reach.withdrawn_at) > 0\n', 'false\n'],
    [
      'C7 what was kept as expired is final',
      'OR c.expired_at IS NOT NULL OR registry.clock() >= term.effective_until\n',
      'OR registry.clock() >= term.effective_until\n',
    ],
    ['C7 what has expired is final', 'OR registry.clock() >= term.effective_until\n', '\n'],
    [
      'C7 superseded is final',
      '    OR coalesce(superseded.superseded_at <= registry.clock(), false) AS final',
      '    AS final',
    ],
    ['the time left ends with the version', '    term.effective_until,\n    superseded', '    superseded'],
    ['the time left ends with the supersession', '    superseded.superseded_at,\n'],
    [
      'the time left ends at the 15th birthday',
      'CASE WHEN registry.birthday(y.birth_date, 15) > registry.clock() THEN registry.birthday(y.birth_date, 15) END,\n',
      '\n',
    ],
    ['C7 of its own supersessions', 's.predecessor = version_id AND s.counts', 's.counts'],
    ['C7 of supersessions that count', 's.predecessor = version_id AND s.counts', 's.predecessor = version_id'],
  ],
);

/** A refusal comes before a withdrawal in the list of reasons: what `authorize` would not notice, the consent's state tells. */
const telling = changesOf(
  'rule/standing',
  ['subgraphs/registry/consent/facts.test', 'subgraphs/registry/operate/registry.test'],
  [
    [
      'a refusal is no withdrawal',
      "WHERE r.kind = 'WITHDRAWAL' AND r.consent_grant IS NULL) AS",
      'WHERE r.consent_grant IS NULL) AS',
    ],
    [
      'a refusal of one grant is no withdrawal',
      "WHERE r.kind = 'WITHDRAWAL' AND r.consent_grant IS NOT NULL",
      'WHERE r.consent_grant IS NOT NULL',
    ],
  ],
);

/** Every condition of what is true of seats and consents at an instant. */
export const standing: readonly Mutant[] = [...deciding, ...telling];
