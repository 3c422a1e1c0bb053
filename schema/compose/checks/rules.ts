import { categoriesAreComplete } from './categories/categories-are-complete.ts';
import { categoriesAreDeclared } from './categories/categories-are-declared.ts';
import { categoriesAreOwn } from './categories/categories-are-own.ts';
import type { CompositionCheck, SchemaCheck } from './check.ts';
import { directivesAreForSchemas } from './definitions/directives-are-for-schemas.ts';
import { scalarsAreKnown } from './definitions/scalars-are-known.ts';
import { subscriptionsAreAbsent } from './definitions/subscriptions-are-absent.ts';
import { enumsAreAlike } from './enums-are-alike.ts';
import { everythingIsDescribed } from './everything-is-described.ts';
import { federationDirectivesAreAllowed } from './federation-directives-are-allowed.ts';
import { fieldsAreLabelled } from './fields-are-labelled.ts';
import { guardedArgumentsAreFew } from './guarded-arguments-are-few.ts';
import { guardedFieldsAreNullable } from './guarded-fields-are-nullable.ts';
import { guardedTypesHangOnYouth } from './guarded-types-hang-on-youth.ts';
import { interfacesAreUnguarded } from './interfaces-are-unguarded.ts';
import { labelsAreTheContracts } from './labels-are-the-contracts.ts';
import { labelsMakeSense } from './labels-make-sense.ts';
import { labelsReachTheSupergraph } from './labels-reach-the-supergraph.ts';
import { linksArePlain } from './links-are-plain.ts';
import { mutationsAreFenced } from './mutations-are-fenced.ts';
import { payloadsDoNotReachYouth } from './payloads-do-not-reach-youth.ts';
import { rootsToYouthAreListed } from './roots-to-youth-are-listed.ts';
import { textsAreMarked } from './texts-are-marked.ts';
import { youthIdsAreGuarded } from './youth-ids-are-guarded.ts';
import { youthIsTheOnlyEntity } from './youth-is-the-only-entity.ts';

/** The rules for each subgraph; those marked `joined` hold for the supergraph too. */
export const SCHEMA_RULES: readonly SchemaCheck[] = [
  linksArePlain,
  labelsAreTheContracts,
  directivesAreForSchemas,
  subscriptionsAreAbsent,
  scalarsAreKnown,
  fieldsAreLabelled,
  labelsMakeSense,
  guardedFieldsAreNullable,
  interfacesAreUnguarded,
  guardedTypesHangOnYouth,
  guardedArgumentsAreFew,
  rootsToYouthAreListed,
  youthIdsAreGuarded,
  payloadsDoNotReachYouth,
  youthIsTheOnlyEntity,
  federationDirectivesAreAllowed,
  categoriesAreDeclared,
  categoriesAreOwn,
  categoriesAreComplete,
  textsAreMarked,
  mutationsAreFenced,
  everythingIsDescribed,
];

/** The rules for the result of composition. */
export const COMPOSITION_RULES: readonly CompositionCheck[] = [labelsReachTheSupergraph, enumsAreAlike];
