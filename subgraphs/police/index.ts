import { reportKind } from '../../chassis/record/report.ts';
import { defineSector } from '../../chassis/sector.ts';
import { association } from './association.ts';
import { categories } from './categories.ts';
import { concernTalk } from './concern-talk.ts';
import { migrations } from './migrations/index.ts';
import { policeIntervention } from './police-intervention.ts';
import { seed } from './seed.ts';
import { suspicion } from './suspicion.ts';

/** The police: suspicions, company kept, interventions, talks of concern, and reports on their own commitments. */
export const subgraph = defineSector({
  name: 'police',
  categories,
  kinds: [suspicion, association, policeIntervention, concernTalk, reportKind('police')],
  migrations,
  seed,
});
