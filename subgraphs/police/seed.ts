import type { Sql } from '../../chassis/sql.ts';
import {
  type DemoRecord,
  daysBefore,
  seedAssignment,
  seedLinks,
  seedRecords,
} from '../../chassis/store/demo-records.ts';
import { DEMO_YOUTHS, type DemoYouthName, PERSONAS } from '../../schema/demo-world.ts';

const agency = 'police:nationell';
const officer = PERSONAS['police-officer'].subject;

const youths = Object.keys(DEMO_YOUTHS) as DemoYouthName[];

/** Fills the police's part of the demo world: a record of each kind about every youth. One suspicion is held back. */
export async function seed(sql: Sql, today: string): Promise<void> {
  const each = (columns: (youth: DemoYouthName) => DemoRecord['columns'], textCleared = false): DemoRecord[] =>
    youths.map((youth) => ({ youth, agency, author: officer, textCleared, columns: columns(youth) }));

  await seedLinks(sql, agency, youths, officer, today);
  await seedAssignment(sql, agency, 'policeOnly', officer, 'p-2900', today);
  await seedRecords(
    sql,
    'suspicion',
    [
      ...each(() => ({ offence_group: 'THEFT', date: daysBefore(today, 70), status: 'INVESTIGATED' })),
      {
        youth: 'heldPoliceRecord',
        agency,
        author: officer,
        held: true,
        columns: { offence_group: 'DRUGS', date: daysBefore(today, 65), status: 'REPORTED' },
      },
    ],
    today,
  );
  await seedRecords(
    sql,
    'association',
    each(
      (youth) => ({
        context: `Seen at night with an older group (${youth}-pa)`,
        place_type: 'STATION',
        date: daysBefore(today, 68),
      }),
      true,
    ),
    today,
  );
  await seedRecords(
    sql,
    'police_intervention',
    each(() => ({ type: 'REMOVAL', date: daysBefore(today, 67) })),
    today,
  );
  await seedRecords(
    sql,
    'concern_talk',
    each(() => ({ date: daysBefore(today, 66), outcome: 'FOLLOW_UP_AGREED' })),
    today,
  );
  await seedRecords(
    sql,
    'police_report',
    [
      ...each((youth) => ({ date: daysBefore(today, 62), text: `The weekly talk was held (${youth}-pr)` }), true),
      {
        youth: 'everything',
        agency,
        author: officer,
        columns: { date: daysBefore(today, 61), text: 'Names a friend, so not cleared (everything-pn)' },
      },
    ],
    today,
  );
}
