import { reportKind } from '../../chassis/record/report.ts';
import { defineSector } from '../../chassis/sector.ts';
import { activity } from './activity.ts';
import { categories } from './categories.ts';
import { fieldNote } from './field-note.ts';
import { migrations } from './migrations/index.ts';
import { seed } from './seed.ts';

/** Culture and leisure: activities, field workers’ notes, and reports on its own commitments. */
export const subgraph = defineSector({
  name: 'leisure',
  categories,
  kinds: [activity, fieldNote, reportKind('leisure')],
  migrations,
  seed,
});
