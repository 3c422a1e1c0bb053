import { changesOf, type Mutant } from './mutant.ts';

/** Who may: each condition of each function that the registry's operations ask. */
export const may: readonly Mutant[] = changesOf(
  'rule/may',
  ['subgraphs/registry/entry/may'],
  [
    ['C1 an auditor acts in no other role', 'SELECT roles & 32 = 0 AND roles &', 'SELECT roles &'],
    [
      'C1 a role is acted in by who has it',
      "WHEN 'COORDINATOR' THEN 1 WHEN 'MENTOR'",
      "WHEN 'COORDINATOR' THEN 3 WHEN 'MENTOR'",
    ],
    ['C1 a manager has a role of their own', "WHEN 'MANAGER' THEN 16", "WHEN 'MANAGER' THEN 17"],
    ['C1 an auditor has no other role', 'SELECT roles = 32', 'SELECT roles & 32 <> 0'],
    ['only auditors of the hub read the whole log', " AND agency_code = 'hub:samsyn'"],
    ['only auditors read the whole log', 'registry.audits(roles) AND agency_code', 'agency_code'],
    [
      'auditors review',
      "registry.audits(roles) OR registry.acts_as(roles, 'MANAGER')",
      "registry.acts_as(roles, 'MANAGER')",
    ],
    ['nobody else reviews', "OR registry.acts_as(roles, 'MANAGER')", "OR registry.acts_as(roles, 'COORDINATOR')"],
    ['what the reader asked is the reader’s own', 'caller = ANY (reader_names) OR '],
    ['what somebody did for the reader is the reader’s own', 'coalesce(actor = ANY (reader_names), false)', 'false'],
    ['an agency reads its own part of the log', 'SELECT scope IS NULL OR', 'SELECT true OR'],
    ['a source is not told why it was denied', 'source_code = scope AND is_told', 'source_code = scope'],
    ['C4 a seat is its holder’s', 's.subject = caller AND registry.acts_as', 'registry.acts_as'],
    ['C4 a seat is held by its role', ' AND registry.acts_as(roles, s.role)'],
    ['C4 a seat is its agency’s', 'own.id = s.agency AND own.code = agency_code', 'own.code = agency_code'],
    [
      'C4 a seat is held for the token’s agency',
      'ON own.id = s.agency AND own.code = agency_code',
      'ON own.id = s.agency',
    ],
    [
      'a coordinator’s seat coordinates',
      "s.role = 'COORDINATOR' AND s.agency = g.lead_agency",
      's.agency = g.lead_agency',
    ],
    ['the lead agency coordinates', "s.role = 'COORDINATOR' AND s.agency = g.lead_agency", "s.role = 'COORDINATOR'"],
    ['C4 a member is informed', 'WHERE s.informed AND s.ended_at', 'WHERE s.ended_at'],
    ['an ended group has no members', 's.informed AND s.ended_at IS NULL', 's.informed'],
    ['a member need not coordinate', 'WHERE p.coordinates', 'WHERE true'],
    ['a youth is its lead agency’s', 'own.id = y.lead_agency AND own.code', 'own.code'],
    ['only coordinators record a youth’s facts', "registry.acts_as(roles, 'COORDINATOR') AND ("],
    ['a group that has ended keeps nobody out', 'WHERE g.youth = y.id AND g.ended_at IS NULL', 'WHERE g.youth = y.id'],
    ['who coordinates a youth’s group records the youth’s facts', 'WHERE c.youth = y.id', 'WHERE true'],
    ['C18 a bar is its agency’s', 'own.id = b.agency AND own.code', 'own.code'],
    ['C18 a bar is in managers’ hands', "registry.acts_as(roles, 'MANAGER') AND b.subject", 'b.subject'],
    ['C18 who is barred does not see the bar', 'b.subject <> caller AND '],
    ['C18 whose system is barred does not see the bar', ' AND b.subject IS DISTINCT FROM actor'],
  ],
);
