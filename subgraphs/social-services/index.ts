import { defineSector } from '../../chassis/sector.ts';
import { actionPlan } from './action-plan.ts';
import { ActionPlanParts } from './action-plan-parts.ts';
import { categories } from './categories.ts';
import { commitment } from './commitment.ts';
import { confirmCommitment } from './confirm-commitment.ts';
import { FollowUpParts, followUp } from './follow-up.ts';
import { guardian } from './guardian.ts';
import { identity } from './identity.ts';
import { intervention } from './intervention.ts';
import { meeting } from './meeting.ts';
import { migrations } from './migrations/index.ts';
import { placement } from './placement.ts';
import { riskAssessment } from './risk-assessment.ts';
import { seed } from './seed.ts';
import { socialCase } from './social-case.ts';

/** Social services: identity, case, interventions, placements, assessments, and the action plan that they lead. */
export const subgraph = defineSector({
  name: 'social-services',
  categories,
  kinds: [
    identity,
    guardian,
    socialCase,
    intervention,
    placement,
    riskAssessment,
    actionPlan,
    commitment,
    followUp,
    meeting,
  ],
  resolvers: [ActionPlanParts, FollowUpParts],
  mutations: (receipt) => [confirmCommitment(receipt)],
  migrations,
  seed,
});
