import { categoriesAreComplete } from './categories-are-complete.ts';
import { categoriesAreDeclared } from './categories-are-declared.ts';
import { categoriesAreOwn } from './categories-are-own.ts';
import type { CompositionCheck, SchemaCheck } from './check.ts';
import { enumsAreAlike } from './enums-are-alike.ts';
import { everythingIsDescribed } from './everything-is-described.ts';
import { federationDirectivesAreAllowed } from './federation-directives-are-allowed.ts';
import { fieldsAreLabelled } from './fields-are-labelled.ts';
import { guardedFieldsAreNullable } from './guarded-fields-are-nullable.ts';
import { guardedTypesHangOnYouth } from './guarded-types-hang-on-youth.ts';
import { interfacesAreUnguarded } from './interfaces-are-unguarded.ts';
import { labelsAreTheContracts } from './labels-are-the-contracts.ts';
import { labelsMakeSense } from './labels-make-sense.ts';
import { labelsReachTheSupergraph } from './labels-reach-the-supergraph.ts';
import { linksArePlain } from './links-are-plain.ts';
import { mutationsAreFenced } from './mutations-are-fenced.ts';
import { payloadsDoNotReachYouth } from './payloads-do-not-reach-youth.ts';
import { youthIsTheOnlyEntity } from './youth-is-the-only-entity.ts';

/** The rules for each subgraph; those marked `joined` hold for the supergraph too. */
export const SCHEMA_RULES: readonly SchemaCheck[] = [
  linksArePlain,
  labelsAreTheContracts,
  fieldsAreLabelled,
  labelsMakeSense,
  guardedFieldsAreNullable,
  interfacesAreUnguarded,
  guardedTypesHangOnYouth,
  payloadsDoNotReachYouth,
  youthIsTheOnlyEntity,
  federationDirectivesAreAllowed,
  categoriesAreDeclared,
  categoriesAreOwn,
  categoriesAreComplete,
  mutationsAreFenced,
  everythingIsDescribed,
];

/** The rules for the result of composition. */
export const COMPOSITION_RULES: readonly CompositionCheck[] = [labelsReachTheSupergraph, enumsAreAlike];
