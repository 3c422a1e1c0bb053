import {
  defaultFieldResolver,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';
import { isRateLimited } from '../../schema/errors.ts';
import { isYouthId } from '../../schema/youth-id.ts';
import { logFault } from '../log.ts';
import type { HubContext } from './context.ts';
import { fence, isFenced } from './fence.ts';
import { isFederationField, type Label, type Labels, objectTypesOf } from './labels.ts';
import type { Entrances, MatterOf } from './membership.ts';

/** The youth and the agency of origin, which every value of a guarded type carries (C3, C4). */
export interface Owned {
  readonly youthId: string;
  readonly agency: string;
}

/**
 * A value that stands for a whole youth and not for a record. A guarded field on it is permitted, like one on `Youth`, if at least
 * one candidate is. It must yield records of the permitted agencies alone.
 */
export abstract class OfYouth {
  readonly youthId: string;
  constructor(youthId: string) {
    this.youthId = youthId;
  }
}

type Resolver = GraphQLFieldResolver<unknown, HubContext>;
type Field = GraphQLField<unknown, HubContext>;
type Restriction = Extract<Label, { kind: 'restricted' }>;

/**
 * Puts the guard on the FINAL schema, once. A field's resolver runs only if every label on the field and its type permits.
 * Otherwise the value is null and the response carries one constant error (C12). No field avoids the guard (C15). Throws if a
 * field of Query is restricted to members and is not among the `entrances`.
 */
export function guard(schema: GraphQLSchema, labels: Labels, entrances: Entrances = {}): GraphQLSchema {
  for (const type of objectTypesOf(schema)) {
    for (const field of Object.values(type.getFields()) as Field[]) {
      if (isFederationField(type, field.name)) continue;
      const fieldLabels = labels.of(type.name, field.name);
      const inner = isFenced(field)
        ? fence(field.resolve ?? defaultFieldResolver)
        : (field.resolve ?? defaultFieldResolver);
      field.resolve = restricted(type, field, fieldLabels, entrances, consented(type, fieldLabels, labels, inner));
    }
  }
  return schema;
}

/** Tests the decision that `authorize` took before execution: one bit, synchronously. */
function consented(type: GraphQLObjectType, labels: readonly Label[], all: Labels, inner: Resolver): Resolver {
  const mask = all.mask(labels);
  if (mask === 0) return inner;
  const category = labels.reduce((last, label) => (label.kind === 'consent' ? label.category : last), '');
  const permits =
    type.name === 'Youth'
      ? (parent: unknown, context: HubContext) => context.decisions.permits((parent as { id: string }).id, mask)
      : (parent: unknown, context: HubContext) => {
          if (parent instanceof OfYouth) return context.decisions.permits(parent.youthId, mask);
          const { youthId, agency } = parent as Owned;
          return context.decisions.permitsFrom(youthId, agency, mask);
        };
  return (parent, args, context, info) => {
    if (permits(parent, context)) return inner(parent, args, context, info);
    const { fault } = context.decisions;
    return fault === null ? context.deny('CONSENT_REQUIRED', info.path, category) : context.deny(fault, info.path);
  };
}

/** Tests the roles of the token and the relation to the group. A denial is the same whether or not the thing exists. */
function restricted(
  type: GraphQLObjectType,
  field: Field,
  labels: readonly Label[],
  entrances: Entrances,
  inner: Resolver,
): Resolver {
  const restrictions = labels.filter((label): label is Restriction => label.kind === 'restricted');
  if (restrictions.length === 0) return inner;
  const roleSets = restrictions.flatMap(({ roles }) => (roles === null ? [] : [roles]));
  const refuse = refusedByRole(type, field);
  const byRole: Resolver = (parent, args, context, info) =>
    roleSets.every((roles) => context.hasRole(roles))
      ? inner(parent, args, context, info)
      : refuse(parent, args, context, info);
  if (!restrictions.some(({ member }) => member)) return byRole;
  const matter = matterOf(type, field, entrances);
  if (matter === null) return byMembership(byRole);
  return byDecision(matter, byRole);
}

/**
 * Denies a field for want of a role. The attempt is an entry where a field of the registry takes a youth's id; a sector has no log of
 * its own to write to.
 */
function refusedByRole(type: GraphQLObjectType, field: Field): Resolver {
  const kind = type.name === 'Mutation' ? 'CHANGE' : 'READ';
  return async (_parent, args, context, info) => {
    const youthId = context.memberships === null ? null : youthIn(args);
    if (youthId === null) return context.deny('FORBIDDEN', info.path);
    try {
      await context.memberships?.noteRefusal({ kind, name: field.name, youthId });
    } catch (cause) {
      if (isRateLimited(cause)) throw cause;
      logFault(context.sector.log, 'refusal', cause);
      return context.deny('LOG_UNAVAILABLE', info.path);
    }
    return context.deny('FORBIDDEN', info.path);
  };
}

/** The youth that the arguments of a field name, or its one input; null if they name none, or by a malformed id. */
function youthIn(args: Readonly<Record<string, unknown>>): string | null {
  for (const given of [args, ...Object.values(args)]) {
    const youthId = (given as { readonly youthId?: unknown } | null)?.youthId;
    if (isYouthId(youthId)) return youthId;
  }
  return null;
}

/** Tests a field inside a group's matters, by the decision that the request took when it entered through Youth or Query. */
function byMembership(inner: Resolver): Resolver {
  return (parent, args, context, info) => {
    const { groupId } = parent as { groupId: string };
    if (context.memberships?.includes(groupId) === true) return inner(parent, args, context, info);
    return context.deny('FORBIDDEN', info.path);
  };
}

/** Tests an entrance to a group's matters: decides and logs before anything is read. */
function byDecision(matter: (parent: unknown, args: Record<string, unknown>) => MatterOf, inner: Resolver): Resolver {
  return async (parent, args, context, info) => {
    if (context.memberships === null) return context.deny('FORBIDDEN', info.path);
    let isMember: boolean;
    try {
      isMember = await context.memberships.decide(matter(parent, args));
    } catch (cause) {
      if (isRateLimited(cause)) throw cause;
      // The log could not be written or reached, so nothing is released (C13).
      logFault(context.sector.log, 'membership', cause);
      return context.deny('LOG_UNAVAILABLE', info.path);
    }
    return isMember ? inner(parent, args, context, info) : context.deny('FORBIDDEN', info.path);
  };
}

/** The matter that a field opens; null inside a group's matters, which the request has entered already. */
function matterOf(
  type: GraphQLObjectType,
  field: Field,
  entrances: Entrances,
): ((parent: unknown, args: Record<string, unknown>) => MatterOf) | null {
  if (type.name === 'Youth') return (parent) => ({ kind: 'youth', id: (parent as { id: string }).id });
  if (type.name !== 'Query') return null;
  const entrance = Object.hasOwn(entrances, field.name) ? entrances[field.name] : undefined;
  if (entrance === undefined || !field.args.some(({ name }) => name === entrance.argument)) {
    const declared = Object.entries(entrances).map(([name, { argument }]) => `${name}(${argument})`);
    throw new Error(
      `Query.${field.name} is restricted to members and has no entrance. Declare one that names one of its arguments. The subgraph declares ${declared.join(', ') || 'none'}.`,
    );
  }
  const { kind, argument } = entrance;
  return (_parent, args) => ({ kind, id: String(args[argument]) });
}
