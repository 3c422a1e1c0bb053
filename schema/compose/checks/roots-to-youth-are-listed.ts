import type { SchemaCheck } from './check.ts';
import { directivesNamed } from './labels.ts';
import { reachable } from './reachable.ts';
import { namedType } from './schema-document.ts';

/** The youths that a root field yields: those of the caller's seats, links or registrations. */
type Yields = 'SEATS' | 'LINKS' | 'REGISTRATIONS';

/** Every root field, besides `youth(id)`, from which a path leads to `Youth`, with the youths that it yields. The one list. */
export const ROOTS_TO_YOUTH: Readonly<Record<string, Yields>> = {
  youths: 'SEATS',
  groups: 'SEATS',
  group: 'SEATS',
  consent: 'SEATS',
  consentsNeedingAttention: 'SEATS',
  mySeats: 'SEATS',
  registeredYouths: 'REGISTRATIONS',
};

/**
 * Besides `youth(id)`, every root field that leads to `Youth` is @restricted and listed here with the youths that it yields.
 * `youth(id)` is a bare reference: it reveals and decides nothing.
 */
export const rootsToYouthAreListed: SchemaCheck = {
  rule: 'roots-to-youth-are-listed',
  joined: true,
  *find(schema) {
    const { query } = schema.roots;
    for (const [name, field] of schema.types.get(query)?.fields ?? []) {
      if (name === 'youth' || !reachable(schema, namedType(field.type)).has('Youth')) continue;
      const coordinate = `${query}.${name}`;
      if (directivesNamed(field, 'restricted').length === 0) {
        yield {
          coordinate,
          message: 'leads to Youth without being @restricted. Restrict it to those whose youths it yields.',
        };
      }
      if (!Object.hasOwn(ROOTS_TO_YOUTH, name)) {
        yield {
          coordinate,
          message:
            'leads to Youth and is not listed. Yield only youths of the caller’s seats, links or registrations, and list it in ROOTS_TO_YOUTH.',
        };
      }
    }
  },
};
