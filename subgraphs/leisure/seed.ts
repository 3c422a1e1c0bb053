import type { Sql } from '../../chassis/sql.ts';
import { type DemoRecord, daysBefore, seedLinks, seedRecords } from '../../chassis/store/demo-records.ts';
import { DEMO_YOUTHS, type DemoAgency, type DemoYouthName, PERSONAS } from '../../schema/demo-world.ts';

interface Town {
  readonly agency: DemoAgency;
  readonly worker: string;
  readonly youths: readonly DemoYouthName[];
  readonly place: string;
}

const skovde: Town = {
  agency: 'leisure:skovde',
  worker: PERSONAS['leisure-worker'].subject,
  youths: (Object.keys(DEMO_YOUTHS) as DemoYouthName[]).filter((youth) => youth !== 'orebro' && youth !== 'policeOnly'),
  place: 'Arenan',
};

const orebro: Town = { agency: 'leisure:orebro', worker: 'p-5401', youths: ['orebro'], place: 'Vivalla' };

/** Fills leisure’s part of the demo world: a record of each kind about every youth of its towns. One note is not cleared. */
export async function seed(sql: Sql, today: string): Promise<void> {
  const uncleared: DemoRecord = {
    ...about(skovde, 'everything'),
    columns: {
      place_type: 'STATION',
      date: daysBefore(today, 62),
      note: 'Names a friend, so not cleared (everything-ln)',
    },
  };
  await seedTown(sql, skovde, [uncleared], today);
  await seedTown(sql, orebro, [], today);
}

async function seedTown(sql: Sql, town: Town, moreNotes: readonly DemoRecord[], today: string): Promise<void> {
  const each = (columns: (youth: DemoYouthName) => DemoRecord['columns']): DemoRecord[] =>
    town.youths.map((youth) => ({ ...about(town, youth), textCleared: true, columns: columns(youth) }));

  await seedLinks(sql, town.agency, town.youths, town.worker, today);
  await seedRecords(
    sql,
    'activity',
    each((youth) => ({
      activity: `Boxing (${youth}-la)`,
      organiser: `The boxing club (${youth}-lo)`,
      place: `${town.place}, hall 2 (${youth}-lp)`,
      from: daysBefore(today, 75),
      to: daysBefore(today, 64),
      times_offered: 6,
      times_attended: 5,
    })),
    today,
  );
  await seedRecords(
    sql,
    'field_note',
    [
      ...each((youth) => ({
        place_type: 'LEISURE_FACILITY',
        date: daysBefore(today, 63),
        note: `Talked about school and sleep (${youth}-lf)`,
      })),
      ...moreNotes,
    ],
    today,
  );
  await seedRecords(
    sql,
    'leisure_report',
    each((youth) => ({ date: daysBefore(today, 61), text: `Went along to the first two sessions (${youth}-lr)` })),
    today,
  );
}

function about({ agency, worker }: Town, youth: DemoYouthName): Omit<DemoRecord, 'columns'> {
  return { youth, agency, author: worker };
}
