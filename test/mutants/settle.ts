import { changesOf, MODEL, type Mutant } from './mutant.ts';

const FACTS = 'subgraphs/registry/consent/facts.test';
const REGISTRY = 'subgraphs/registry/operate/registry.test';

/** Every condition of what follows from a fact when it is recorded. */
const following = changesOf(
  'facts/settle',
  [MODEL],
  [
    [
      'what is complete is completed once',
      'AND s.fully_signed_at IS NULL AND NOT s.final AND s.sufficient\n',
      'AND NOT s.final AND s.sufficient\n',
    ],
    [
      'C7 what is final is not completed',
      'AND s.fully_signed_at IS NULL AND NOT s.final AND s.sufficient\n',
      'AND s.fully_signed_at IS NULL AND s.sufficient\n',
    ],
    ['C5 signatures that do not suffice complete nothing', 'AND NOT s.final AND s.sufficient\n', 'AND NOT s.final\n'],
    [
      'only the youth’s own versions are completed',
      'WHERE s.youth = ANY (youths) AND s.fully_signed_at',
      'WHERE s.fully_signed_at',
    ],
    [
      'C7 a predecessor is superseded from the new validFrom',
      'greatest(registry.clock(), c.valid_from)',
      'registry.clock()',
    ],
    [
      'C7 in the same group',
      'FROM registry.consent c JOIN registry.consent_standing s ON s.group_id = c.group_id\n',
      'FROM registry.consent c JOIN registry.consent_standing s ON s.youth = ANY (youths)\n',
    ],
    [
      'only what was completed supersedes',
      'WHERE c.id = ANY (completed) AND s.fully_signed_at IS NOT NULL',
      'WHERE s.fully_signed_at IS NOT NULL',
    ],
    [
      'C7 only what was fully signed is superseded',
      ' AND s.fully_signed_at IS NOT NULL AND NOT s.final;',
      ' AND NOT s.final;',
    ],
    [
      'C7 what is final is not superseded',
      's.fully_signed_at IS NOT NULL AND NOT s.final;',
      's.fully_signed_at IS NOT NULL;',
    ],
    [
      'what is complete is fully signed',
      'SET fully_signed_at = registry.clock() WHERE id = ANY (completed)',
      'SET fully_signed_at = NULL WHERE id = ANY (completed)',
    ],
    ['a consent informs the seats of its group', 'AND c.group_id = seat.group_id AND seat.agency', 'AND seat.agency'],
    ['a consent informs the agencies that it names', ' AND seat.agency IN (cg.source, cg.recipient)\n', '\n'],
    ['a consent informs its recipients', 'seat.agency IN (cg.source, cg.recipient)', 'seat.agency IN (cg.source)'],
    ['a consent informs its sources', 'seat.agency IN (cg.source, cg.recipient)', 'seat.agency IN (cg.recipient)'],
    [
      'C7 a supersession that took place is kept',
      'PERFORM registry.lock_youths(ARRAY[about]);\n  UPDATE registry.supersession s SET final = true',
      'PERFORM registry.lock_youths(ARRAY[about]);\n  UPDATE registry.supersession s SET final = false',
    ],
    ['C7 a supersession that does not count is not kept', 'AND st.counts AND st.superseded_at', 'AND st.superseded_at'],
    ['C7 a supersession to come is not kept', ' AND st.superseded_at <= registry.clock()\n', '\n'],
    ['C7 an end that has come is kept', 'c.expired_at IS NULL AND v.expired;', 'c.expired_at IS NULL AND false;'],
    ['C7 an end to come is not kept', 'c.expired_at IS NULL AND v.expired;', 'c.expired_at IS NULL;'],
    [
      'C7 before a signature is recorded',
      'CREATE OR REPLACE TRIGGER signature_keeps_final BEFORE INSERT ON registry.signature\n  FOR EACH ROW EXECUTE FUNCTION registry.keep_final_for_signature();',
    ],
    [
      'C7 before a birth date is corrected',
      'CREATE OR REPLACE TRIGGER birth_date_keeps_final BEFORE UPDATE OF birth_date ON registry.youth\n  FOR EACH ROW WHEN (OLD.birth_date IS DISTINCT FROM NEW.birth_date) EXECUTE FUNCTION registry.keep_final_for_birth_date();',
    ],
    [
      'R8 a signature completes',
      'CREATE OR REPLACE TRIGGER signature_settles AFTER INSERT ON registry.signature REFERENCING NEW TABLE AS fact\n  FOR EACH STATEMENT EXECUTE FUNCTION registry.settle_signers();',
    ],
    [
      'R8 a waiver completes',
      'CREATE OR REPLACE TRIGGER waiver_settles AFTER INSERT ON registry.waiver REFERENCING NEW TABLE AS fact\n  FOR EACH STATEMENT EXECUTE FUNCTION registry.settle_signers();',
    ],
    [
      'R8 custody completes',
      'CREATE OR REPLACE TRIGGER custody_recorded AFTER INSERT ON registry.custody REFERENCING NEW TABLE AS fact\n  FOR EACH STATEMENT EXECUTE FUNCTION registry.settle_custody();',
    ],
    [
      'R8 a change of custody completes',
      'CREATE OR REPLACE TRIGGER custody_changed AFTER UPDATE ON registry.custody REFERENCING NEW TABLE AS fact\n  FOR EACH STATEMENT EXECUTE FUNCTION registry.settle_custody();',
    ],
    [
      'R8 a birth date completes',
      'CREATE OR REPLACE TRIGGER youth_birth_date AFTER UPDATE OF birth_date ON registry.youth\n  FOR EACH ROW WHEN (OLD.birth_date IS DISTINCT FROM NEW.birth_date) EXECUTE FUNCTION registry.settle_birth_date();',
    ],
    [
      'C7 a proposal ends what is pending',
      'WHERE s.fully_signed_at IS NULL AND NOT s.final;\n  RETURN NULL;',
      'WHERE false;\n  RETURN NULL;',
    ],
    [
      'C7 a proposal ends nothing that is signed',
      'WHERE s.fully_signed_at IS NULL AND NOT s.final;\n  RETURN NULL;',
      'WHERE NOT s.final;\n  RETURN NULL;',
    ],
    [
      'C7 a proposal ends nothing that is final',
      'WHERE s.fully_signed_at IS NULL AND NOT s.final;\n  RETURN NULL;',
      'WHERE s.fully_signed_at IS NULL;\n  RETURN NULL;',
    ],
    ['C7 a proposal ends its predecessors', ' AND s.version < f.version\n', '\n'],
    ['C7 a proposal ends what is pending in its group', 'ON s.group_id = f.group_id AND s.version', 'ON s.version'],
    [
      'the lead agency is informed at once',
      'WHERE g.id = NEW.group_id AND g.lead_agency = NEW.agency\n',
      'WHERE false\n',
    ],
    [
      'only the lead agency is informed at once',
      'WHERE g.id = NEW.group_id AND g.lead_agency = NEW.agency\n',
      'WHERE g.id = NEW.group_id\n',
    ],
    [
      'an agency called in later is informed by a consent that names it',
      'WHERE s.group_id = NEW.group_id AND s.fully_signed_at IS NOT NULL AND NOT s.final\n',
      'WHERE false\n',
    ],
    ['… of its own group', 'WHERE s.group_id = NEW.group_id AND s.fully_signed_at', 'WHERE s.fully_signed_at'],
    [
      '… that is fully signed',
      'AND s.fully_signed_at IS NOT NULL AND NOT s.final\n      AND NEW',
      'AND NOT s.final\n      AND NEW',
    ],
    [
      '… that still runs',
      's.fully_signed_at IS NOT NULL AND NOT s.final\n      AND NEW',
      's.fully_signed_at IS NOT NULL\n      AND NEW',
    ],
    ['… that names it', '\n      AND NEW.agency IN (cg.source, cg.recipient)'],
    ['C6 the youth may always speak', 'NEW.counts := NEW.guardian IS NULL OR EXISTS', 'NEW.counts := EXISTS'],
    [
      'C6 who has no custody leaves a note',
      'NEW.counts := NEW.guardian IS NULL OR EXISTS',
      'NEW.counts := true OR EXISTS',
    ],
    ['C6 custody of this youth', 'WHERE k.youth = about AND k.guardian', 'WHERE k.guardian'],
    ['C6 the speaker’s own custody', 'k.youth = about AND k.guardian = NEW.guardian\n', 'k.youth = about\n'],
    ['C6 custody that has begun', 'AND k.starts_at <= registry.clock() AND (k', 'AND (k'],
    ['C6 custody that has not ended', ' AND (k.ends_at > registry.clock()) IS NOT FALSE\n', '\n'],
    ['C6 a note ends nothing', 'WHERE NEW.counts AND s.group_id', 'WHERE s.group_id'],
    ['C6 it reaches the versions of the group', 'NEW.counts AND s.group_id = NEW.group_id AND', 'NEW.counts AND'],
    [
      'C6 it reaches what is not final',
      's.group_id = NEW.group_id AND NOT s.final AND (NEW',
      's.group_id = NEW.group_id AND (NEW',
    ],
    [
      'C6 what is said of one grant reaches versions with that grant',
      ' AND (NEW.source IS NULL OR cg.id IS NOT NULL)\n',
      '\n',
    ],
    ['C6 what is said of all reaches all', '(NEW.source IS NULL OR cg.id IS NOT NULL)', 'cg.id IS NOT NULL'],
    [
      'C6 what is said of one grant reaches that grant',
      'AND (cg.source, cg.recipient, cg.category) = (NEW.source, NEW.recipient, NEW.category)\n',
      '\n',
    ],
    [
      'C6 what is said of one version reaches that version',
      '\n      AND (NEW.only_consent IS NULL OR NEW.only_consent = s.consent)',
    ],
    [
      'C6 what is said of no version reaches every version',
      '(NEW.only_consent IS NULL OR NEW.only_consent = s.consent)',
      'NEW.only_consent = s.consent',
    ],
  ],
);

/** What the database refuses or waits for whoever asks, and when something ended: no history tells of these. */
const refusing = changesOf(
  'facts/settle',
  [FACTS, REGISTRY],
  [
    [
      'C7 a predecessor is superseded from now at the earliest',
      'greatest(registry.clock(), c.valid_from)',
      'c.valid_from',
    ],
    [
      'of two who sign at once the second waits',
      'WHERE id = ANY (youths) ORDER BY id FOR NO KEY UPDATE',
      'WHERE id = ANY (youths) ORDER BY id',
    ],
    [
      'C10 what may not be granted is not',
      'WHERE NOT k.grantable OR k.sector IS DISTINCT FROM a.sector',
      'WHERE k.sector IS DISTINCT FROM a.sector',
    ],
    [
      'a grant is of the source’s own sector',
      'WHERE NOT k.grantable OR k.sector IS DISTINCT FROM a.sector',
      'WHERE NOT k.grantable',
    ],
    ['a data period takes a date', 'WHERE k.date IS NULL AND num_nonnulls(f.data_from, f.data_to) > 0', 'WHERE false'],
    ['without a date a grant has no data period', ' AND num_nonnulls(f.data_from, f.data_to) > 0'],
    [
      'a client’s clock may be a little ahead',
      "IF NEW.told_at <= NEW.recorded_at + interval '60 seconds' THEN",
      'IF false THEN',
    ],
    ['but not far ahead', "IF NEW.told_at <= NEW.recorded_at + interval '60 seconds' THEN", 'IF true THEN'],
  ],
);

/** Every condition of settle.sql. */
export const settle: readonly Mutant[] = [...following, ...refusing];
