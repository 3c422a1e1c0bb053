import { changesOf, MODEL, type Mutant } from './mutant.ts';

/** What a youth's protection asks of a text that crosses (C16). */
export const protection: readonly Mutant[] = [
  ...changesOf(
    'rule/authorize',
    [MODEL],
    [
      [
        'C16 the key of a permit is another under another protection',
        'CASE WHEN d.protected THEN uuid_send(d.protection_key)',
        "CASE WHEN d.protected THEN ''::bytea",
      ],
      ['C16 texts of a protected youth take a mark', 'OR NOT d.is_own AND d.protected THEN', 'THEN'],
      [
        'C16 texts of others take none',
        'NOT d.is_own AND d.protected THEN d.protection_key',
        'NOT d.is_own THEN d.protection_key',
      ],
      [
        'C16 own texts take none',
        'NOT d.is_own AND d.protected THEN d.protection_key',
        'd.protected THEN d.protection_key',
      ],
      ['C16 a mark is given under a protection', 'd.action = 2 OR NOT d.is_own', 'NOT d.is_own'],
    ],
  ),
  ...changesOf(
    'facts/revisions',
    [MODEL],
    [
      [
        'C16 a protection that is recorded anew does not know earlier marks',
        'NEW.protection_key := gen_random_uuid();',
        'NEW.protection_key := OLD.protection_key;',
      ],
    ],
  ),
];
