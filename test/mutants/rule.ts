import { changesOf, MODEL, type Mutant } from './mutant.ts';

/** Every reason of denial before a line is crossed, taken away. */
const reasons = changesOf(
  'rule/authorize',
  [MODEL],
  [
    ['C18 a bar denies', "WHEN candidate.barred THEN 'BARRED' -- C18"],
    [
      'a manager manages the own agency’s matters only',
      "CASE WHEN candidate.source = b.agency AND b.may_manage THEN 'OWN'::registry.reason",
      "CASE WHEN b.may_manage THEN 'OWN'::registry.reason",
    ],
    ['only a manager manages', 'WHEN candidate.source = b.agency AND b.may_manage', 'WHEN candidate.source = b.agency'],
    [
      'managing is not reading',
      "WHEN b.action = 4 THEN CASE WHEN candidate.source = b.agency AND b.may_manage THEN 'OWN'::registry.reason ELSE 'ROLE' END",
    ],
    ['C1 roles', "WHEN b.may_ask IS NOT TRUE THEN 'ROLE' -- C1"],
    ['C3 own data is a matter of C3 alone', 'WHEN candidate.source = b.agency AND b.action IN (1, 2)', 'WHEN false'],
    ['C3 is about own data', 'WHEN candidate.source = b.agency AND b.action IN (1, 2)', 'WHEN b.action IN (1, 2)'],
    [
      'a link is not own data',
      'WHEN candidate.source = b.agency AND b.action IN (1, 2)',
      'WHEN candidate.source = b.agency',
    ],
    ['C3 the agency’s system reads own data', 'WHEN b.is_system OR b.assigned OR', 'WHEN b.assigned OR'],
    ['C3 own data by assignment', 'b.is_system OR b.assigned OR b.seat_informed', 'b.is_system OR b.seat_informed'],
    [
      'C3 own data by a seat',
      "b.is_system OR b.assigned OR b.seat_informed AND b.group_open THEN 'OWN'",
      "b.is_system OR b.assigned THEN 'OWN'",
    ],
    [
      'C3 own data by an informed seat',
      'b.assigned OR b.seat_informed AND b.group_open THEN',
      'b.assigned OR b.group_open THEN',
    ],
    [
      'C3 own data in an open group',
      'b.assigned OR b.seat_informed AND b.group_open THEN',
      'b.assigned OR b.seat_informed THEN',
    ],
    ['C3 own data takes a ground', 'b.is_system OR b.assigned OR b.seat_informed AND b.group_open THEN', 'true THEN'],
    [
      'C4 a system crosses for a seat holder only',
      "WHEN b.is_system AND b.action <> 3 THEN 'NO_SEAT' -- C4: a system crosses only for a seat holder",
    ],
    ['a link takes a seat, whoever asks', 'WHEN b.is_system AND b.action <> 3', 'WHEN b.is_system'],
    ['the holder of a seat links', "WHEN candidate.source = b.agency AND b.seat_informed AND b.group_open THEN 'OWN'"],
    [
      'a link is in the own agency',
      "WHEN candidate.source = b.agency AND b.seat_informed AND b.group_open THEN 'OWN'",
      "WHEN b.action = 3 AND b.seat_informed AND b.group_open THEN 'OWN'",
    ],
    [
      'a link takes an informed seat',
      "WHEN candidate.source = b.agency AND b.seat_informed AND b.group_open THEN 'OWN'",
      "WHEN candidate.source = b.agency AND b.group_open THEN 'OWN'",
    ],
    [
      'a link is made in an open group',
      "WHEN candidate.source = b.agency AND b.seat_informed AND b.group_open THEN 'OWN'",
      "WHEN candidate.source = b.agency AND b.seat_informed THEN 'OWN'",
    ],
  ],
);

/** Why something does not cross, reason by reason. */
const crossing = changesOf(
  'rule/crossing',
  [MODEL],
  [
    ['C4 the seat is informed', "WHEN seat_informed IS NOT TRUE THEN 'NO_SEAT'"],
    ['C4 the group is open', "WHEN group_open IS NOT TRUE THEN 'GROUP_NOT_OPEN'"],
    ['without a consent nothing crosses', "WHEN consent IS NULL THEN 'NO_CONSENT'"],
    ['C4 what is not granted does not cross', "WHEN consent_grant IS NULL THEN 'NOT_GRANTED'"],
    ['C6 refusal', "WHEN refused_at IS NOT NULL OR consent_grant = ANY (refused_grants) THEN 'REFUSED' -- C6, C7"],
    ['C6 refusal of all', 'WHEN refused_at IS NOT NULL OR consent_grant', 'WHEN consent_grant'],
    [
      'C6 refusal of one grant',
      'refused_at IS NOT NULL OR consent_grant = ANY (refused_grants) THEN',
      'refused_at IS NOT NULL THEN',
    ],
    ['C6 withdrawal', "WHEN withdrawn_at IS NOT NULL OR consent_grant = ANY (withdrawn_grants) THEN 'WITHDRAWN'"],
    ['C6 withdrawal of all', 'WHEN withdrawn_at IS NOT NULL OR consent_grant', 'WHEN consent_grant'],
    [
      'C6 withdrawal of one grant',
      'withdrawn_at IS NOT NULL OR consent_grant = ANY (withdrawn_grants) THEN',
      'withdrawn_at IS NOT NULL THEN',
    ],
    ['C7 a successor ends its predecessor', "WHEN superseded IS NOT FALSE THEN 'SUPERSEDED'"],
    ['C5 the end', "WHEN expired IS NOT FALSE THEN 'EXPIRED'"],
    ['C5 signatures', 'WHEN fully_signed_at IS NULL OR youth_signs', 'WHEN youth_signs'],
    ['C5 the youth signs some categories', 'OR youth_signs AND youth_signed IS NOT TRUE THEN', 'THEN'],
    ['C5 the youth signs some categories, not all', 'OR youth_signs AND youth_signed', 'OR youth_signed'],
    ['C7 suspension', "WHEN sufficient IS NOT TRUE THEN 'SUSPENDED'"],
    ['C5 the beginning', "WHEN (valid_from <= t) IS NOT TRUE THEN 'NOT_YET_VALID'"],
    ['C8 the beginning is part of the interval', '(valid_from <= t)', '(valid_from < t)'],
    ['C5 acknowledgement', "WHEN acknowledged IS NOT TRUE THEN 'NOT_ACKNOWLEDGED' -- C5"],
    ['C16 protected identity', "WHEN whereabouts IS NOT FALSE AND protected THEN 'PROTECTED' -- C16"],
    ['C16 is about whereabouts', 'whereabouts IS NOT FALSE AND protected', 'protected'],
    ['C16 is about protected youths', 'WHEN whereabouts IS NOT FALSE AND protected', 'WHEN whereabouts IS NOT FALSE'],
  ],
);

/** What the reasons stand on: who asks, which groups, agencies, grants and bars are looked at, and which reason is told. */
const grounds = changesOf(
  'rule/authorize',
  [MODEL],
  [
    ['only a sector decides', 'IF own_sector IS NULL THEN', 'IF false THEN'],
    ['C1 a known agency', 'a.id IS NOT NULL AND r.mask & 15 <> 0', 'r.mask & 15 <> 0'],
    ['C1 a role that reads', 'a.id IS NOT NULL AND r.mask & 15 <> 0 AND', 'a.id IS NOT NULL AND'],
    [
      'C1 no other role beside AUDITOR',
      'r.mask & 15 <> 0 AND r.mask & 32 = 0 AND r.action',
      'r.mask & 15 <> 0 AND r.action',
    ],
    ['C2 an unknown action is denied', ' AND r.action IN (1, 2, 3) AS may_ask', ' AS may_ask'],
    ['the role MANAGER manages', 'r.mask & 16 <> 0 AND r.mask & 32 = 0 AS may_manage', 'r.mask & 32 = 0 AS may_manage'],
    [
      'an auditor manages nothing',
      'r.mask & 16 <> 0 AND r.mask & 32 = 0 AS may_manage',
      'r.mask & 16 <> 0 AS may_manage',
    ],
    [
      'the role SYSTEM is the agency’s system',
      'r.mask & 8 <> 0 AND r.actor IS NULL AS is_system',
      'r.actor IS NULL AS is_system',
    ],
    [
      'a system that acts for somebody is not the agency’s',
      'r.mask & 8 <> 0 AND r.actor IS NULL AS',
      'r.mask & 8 <> 0 AS',
    ],
    ['own records are those of this sector', 'CASE WHEN a.sector = own_sector THEN a.id END AS own', 'a.id AS own'],
    ['C2 a category that is not declared is not answered', 'coalesce(c.id, registry.refuse_category())', 'c.id'],
    [
      'C2 another sector’s category is not answered',
      'ON c.code = k.code AND c.sector = own_sector',
      'ON c.code = k.code',
    ],
    [
      'a link names no category',
      "CASE WHEN k.code <> '' THEN coalesce(c.id, registry.refuse_category()) END",
      'coalesce(c.id, registry.refuse_category())',
    ],
    ['each request has its own kinds', 'kind ON kind.of_request = r.request', 'kind ON true'],
    [
      'C16 levels of protection',
      "coalesce(p.protection <> 'NONE', false)",
      "coalesce(p.protection = 'PROTECTED_REGISTRATION', false)",
    ],
    ['an unknown youth is not protected', "coalesce(p.protection <> 'NONE', false)", "p.protection <> 'NONE'"],
    ['own records are decided without a consent', 'SELECT r.own WHERE r.own IS NOT NULL\n        UNION\n        '],
    ['an agency of another sector has no own records here', 'SELECT r.own WHERE r.own IS NOT NULL', 'SELECT r.own'],
    ['C9 nobody writes into another agency’s records', 'WHERE r.action = 1 AND c.group_id', 'WHERE c.group_id'],
    [
      'the sources are those of the caller’s groups',
      'WHERE r.action = 1 AND c.group_id = ANY (held.groups) AND',
      'WHERE r.action = 1 AND',
    ],
    ['the sector decides on its own agencies only', ' AND g.source = ANY (own_agencies)\n'],
    ['without a source there is one denial', "), '{}'), '{null}') AS sources", "), '{}'), '{}') AS sources"],
    [
      'each request has its own youths',
      'AS y (request, youth, assigned, kinds_asked)\n      ON y.request = r.request',
      'AS y (request, youth, assigned, kinds_asked)\n      ON true',
    ],
    [
      'of a youth is decided what was asked of the youth',
      'b.kinds_asked & (1::bigint << (unit.kind - 1)::int) <> 0',
      'true',
    ],
    ['the first bit is the first kind', '(1::bigint << (unit.kind - 1)::int)', '(1::bigint << (2 - unit.kind)::int)'],
    [
      'a part of a row is one youth under one group and version',
      'ORDER BY d.youth, d.group_id, d.part_consent) AS part',
      'ORDER BY d.youth) AS part',
    ],
    ['each unit stands in its part', 'array_agg(d.part::smallint) AS parts', 'array_agg(1::smallint) AS parts'],
    ['each unit has its own source', 'array_agg(d.source) AS sources', 'array_agg(d.own) AS sources'],
    [
      'a group is open from openGroup',
      'g.opened_at IS NOT NULL AND g.ended_at IS NULL AS open',
      'g.ended_at IS NULL AS open',
    ],
    [
      'a group that has ended is not open',
      'g.opened_at IS NOT NULL AND g.ended_at IS NULL AS open',
      'g.opened_at IS NOT NULL AS open',
    ],
    ['one informed seat of several is enough', 'bool_or(s.informed) AS informed', 'bool_and(s.informed) AS informed'],
    [
      'a seat that is not informed prolongs nothing',
      "max(coalesce(s.ends_at, 'infinity')) FILTER (WHERE s.informed)",
      "max(coalesce(s.ends_at, 'infinity'))",
    ],
    ['C4 the seat is in a group of the youth', 'WHERE g.youth = y.youth AND s.agency', 'WHERE s.agency'],
    ['C4 the seat is of the caller’s agency', 'AND s.agency = r.agency AND s.subject', 'AND s.subject'],
    ['C4 the seat is the caller’s', 'AND s.subject = r.subject AND', 'AND'],
    ['C4 the seat’s role is in the token', ' AND r.mask & s.role_bit <> 0'],
    [
      'consents of different groups never add up',
      'WHERE s.group_id = place.group_id OFFSET 0',
      'WHERE s.group_id = ANY (a.groups) OFFSET 0',
    ],
    ['C18 a bar is of the agency', 'WHERE bar.agency = source AND bar.subject', 'WHERE bar.subject'],
    [
      'C18 a bar is of the caller',
      'bar.agency = source AND bar.subject IN (b.subject, b.actor) AND',
      'bar.agency = source AND',
    ],
    [
      'C18 a bar on the subject denies its system',
      'bar.subject IN (b.subject, b.actor)',
      'bar.subject = coalesce(b.actor, b.subject)',
    ],
    ['C18 a bar on the acting system denies', 'bar.subject IN (b.subject, b.actor)', 'bar.subject = b.subject'],
    ['C18 a bar may be lifted', ' AND bar.lifted_at IS NULL'],
    ['C18 a bar is of one youth, or of all', 'AND (bar.youth IS NULL OR bar.youth = b.youth)'],
    ['C18 a bar may be of all youths', 'bar.youth IS NULL OR bar.youth = b.youth', 'bar.youth = b.youth'],
    ['C4 the grant is of the version', 'WHERE g.consent = b.consent AND g.source', 'WHERE g.source'],
    ['C4 the grant names the source', 'AND g.source = candidate.source AND g.recipient', 'AND g.recipient'],
    ['C4 the grant names the recipient', 'AND g.recipient = b.agency AND g.category', 'AND g.category'],
    ['C4 the grant names the category', ' AND g.category = unit.category'],
    ['a permit wins, else the latest reason is told', 'a.reason DESC, a.version DESC', 'a.reason, a.version DESC'],
    ['of several versions the highest is told', 'a.version DESC NULLS LAST', 'a.version NULLS LAST'],
    ['of several groups the lowest is told', 'NULLS LAST, a.group_id\n', 'NULLS LAST, a.group_id DESC\n'],
    ['a denial is no permit', "d.reason >= 'CONSENT' AS permitted", "d.reason >= 'PROTECTED' AS permitted"],
    [
      'the entry names a consent only where one was looked at',
      "ON a.reason BETWEEN 'NOT_GRANTED' AND 'CONSENT'",
      'ON true',
    ],
    ['the entry tells an unknown agency', 'CASE WHEN r.agency IS NULL THEN r.agency_code END', 'NULL'],
    ['only what is permitted is answered', '\n  WHERE d.permitted;', ';'],
    [
      'own data is permitted beyond the end of a seat where no seat is needed',
      'CASE WHEN d.is_own AND d.action <> 3 AND (d.is_system OR d.assigned OR d.action = 4) THEN NULL ELSE d.seat_ends_at END',
      'd.seat_ends_at',
    ],
    [
      'the time left ends with the seat, for own data too',
      'CASE WHEN d.is_own AND d.action <> 3 AND (d.is_system OR d.assigned OR d.action = 4) THEN NULL',
      'CASE WHEN d.is_own THEN NULL',
    ],
    [
      'the time left of a link ends with the seat',
      'd.is_own AND d.action <> 3 AND (d.is_system',
      'd.is_own AND (d.is_system',
    ],
    ['the time left ends with the consent', 'CASE WHEN NOT d.is_own THEN d.ends_at END', 'NULL'],
    ['the time left of own data is no matter of consent', 'CASE WHEN NOT d.is_own THEN d.ends_at END', 'd.ends_at'],
    [
      'the key of a permit is its grant’s',
      'coalesce(encode(sha256(uuid_send(d.consent_grant) ||',
      'coalesce(encode(sha256(uuid_send(d.consent) ||',
    ],
  ],
);

/** What `authorize` refuses to do at all. */
const refusals: readonly Mutant[] = [
  ...changesOf(
    'rule/authorize',
    ['subgraphs/registry/operate/registry.test'],
    [
      [
        'C14 nothing is decided on an older snapshot',
        "IF current_setting('transaction_isolation') <> 'read committed' THEN",
        'IF false THEN',
      ],
    ],
  ),
  ...changesOf(
    'rule/authorize',
    ['subgraphs/registry/standby.test'],
    [['a standby decides nothing', 'IF pg_is_in_recovery() THEN', 'IF false THEN']],
  ),
];

/** Every condition of `authorize`. */
export const rule: readonly Mutant[] = [...reasons, ...crossing, ...grounds, ...refusals];
