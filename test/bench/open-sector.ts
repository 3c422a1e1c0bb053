import type { AddressInfo } from 'node:net';
import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import Fastify, { type FastifyRequest } from 'fastify';
import { type GraphQLSchema, parse } from 'graphql';
import { buildSchema, createResolversMap, type NonEmptyArray } from 'type-graphql';
import { Budget } from '../../chassis/decide/budget.ts';
import { HubContext, type ServedSector } from '../../chassis/decide/context.ts';
import { Decisions, type PermitToRead } from '../../chassis/decide/decide.ts';
import { Labels } from '../../chassis/decide/labels.ts';
import { folderNamed } from '../../chassis/folders.ts';
import { validateInput } from '../../chassis/input/validate-input.ts';
import { createLog } from '../../chassis/log.ts';
import type { ClassReference } from '../../chassis/names.ts';
import { type Connection, idAfter, pageOf, rowsFor } from '../../chassis/page.ts';
import { buildServedSchema } from '../../chassis/serve/build-schema.ts';
import { formatFault } from '../../chassis/serve/format-fault.ts';
import { statement } from '../../chassis/statement.ts';
import { changePlaces, createOrm, createPool } from '../../chassis/store/database.ts';
import type { Subgraph } from '../../chassis/subgraph.ts';
import { bareYouth, type Youth, YouthResolver } from '../../chassis/youth/youth.ts';
import { createReleasingServer, release } from '../../process/release.ts';
import type { Caller, OperationIdentity } from '../../schema/caller.ts';
import { RELEASE_DEADLINE_MS, TIME_LEFT_HEADER } from '../../schema/deadline.ts';
import { type Asker, asker } from '../../subgraphs/registry/entry/log.ts';
import { PLACES } from '../../subgraphs/registry/entry/membership.ts';
import { GRANTED } from './world/youths.ts';

/** Who asks, and by which operation. */
export interface Asked {
  readonly caller: Caller;
  readonly operation: OperationIdentity;
}

/** What differs between the sectors that a benchmark assembles. */
export interface OpenSector {
  readonly name: string;
  /** Of the sector's own database, as its runtime role. */
  readonly databaseUrl: string;
  /** Who asks, from the bearer token. */
  readonly whoAsks: (token: string) => Promise<Asked>;
  /** Puts something round the resolvers. */
  readonly around: (schema: GraphQLSchema) => GraphQLSchema;
}

/** The sector's schema before the guard is put on. */
async function unguardedSchema(subgraph: Subgraph): Promise<GraphQLSchema> {
  const { sdl } = await buildServedSchema(subgraph);
  const resolvers: ClassReference[] = [YouthResolver, ...subgraph.resolvers];
  const plain = await buildSchema({
    resolvers: resolvers as NonEmptyArray<ClassReference>,
    orphanedTypes: [...(subgraph.types ?? [])],
    validateFn: validateInput,
  });
  const map = createResolversMap(plain) as Record<string, Record<string, never>>;
  const Youth = { ...map.Youth, __resolveReference: ({ id }: { id?: unknown }) => bareYouth(id) };
  const schema = buildSubgraphSchema([{ typeDefs: parse(sdl), resolvers: { ...map, Youth } }]);
  const youths = schema.getQueryType()?.getFields().youths;
  if (youths !== undefined) youths.resolve = listUnlogged;
  return schema;
}

/** The registry's list of the caller's youths by the same statement, but for the part that writes it to the log. */
const YOUTHS = statement<Asker & { readonly after: string | null; readonly rows: number }>(
  'youths',
  `
  WITH asked AS (SELECT :requestId::uuid, :operationHash::text, :operationName::text, :actor::text)
  SELECT p.youth AS id, min(least(coalesce(p.ends_at, 'infinity'), registry.clock() + interval '1 minute')) AS until
  FROM ${PLACES}
  WHERE p.opened_at IS NOT NULL AND (:after::uuid IS NULL OR p.youth > :after)
  GROUP BY p.youth ORDER BY p.youth LIMIT :rows::int`,
);

async function listUnlogged(
  _parent: unknown,
  { first, after }: { first: number; after?: string | null },
  context: HubContext,
): Promise<Connection<Youth>> {
  const page = { after: idAfter(after ?? null), rows: rowsFor(first) };
  const { rows } = await context.sector.pool.query<{ id: string }>(YOUTHS({ ...asker(context), ...page }));
  return pageOf(
    rows.map(({ id }) => bareYouth(id)),
    first,
  );
}

/**
 * Permits everything of one agency about the youths that the gateway names, undecided: its records are then read by the
 * very statements that the hub sends.
 */
class Everything extends Decisions {
  readonly #agency: string;
  readonly #youths: readonly string[];

  constructor(agency: string, body: unknown) {
    super([], null);
    this.#agency = agency;
    const { variables } = body as { variables?: { representations?: readonly { id: string }[] } };
    this.#youths = (variables?.representations ?? []).map(({ id }) => id);
  }

  override permits(): boolean {
    return true;
  }

  override permitsFrom(): boolean {
    return true;
  }

  override maskFrom(): number {
    return EVERY_KIND;
  }

  override sources(category: string): PermitToRead[] {
    return this.#youths.map((youth) => ({ ...PERMIT, youth, category, source: this.#agency, mask: EVERY_KIND }));
  }
}

const EVERY_KIND = 2 ** 30 - 1;
const PERMIT = {
  whereabouts: false,
  dataFrom: null,
  dataTo: null,
  key: '',
  timeLeftMs: RELEASE_DEADLINE_MS,
  protection: null,
};

async function sectorOf(subgraph: Subgraph, schema: GraphQLSchema, database: string): Promise<ServedSector> {
  const folder = folderNamed(subgraph.name);
  const orm = createOrm(database, folder.schema, subgraph.entities);
  const pool = createPool(database, READ_CONNECTIONS);
  return {
    name: subgraph.name,
    labels: new Labels(schema),
    authorizer: null,
    pool,
    log: createLog(subgraph.name),
    fork: () => orm.em.fork(),
    budget: new Budget(pool),
    changes: changePlaces(),
    metadata: (row) => orm.getMetadata().get(row),
  };
}

/** As many as a subgraph of the hub has. */
const READ_CONNECTIONS = 8;

/** The one agency of each sector that has records of the bench world's youths. */
function agencyOf(sector: string): string {
  return (
    [...GRANTED.map(([source]) => source), 'social-services:skovde'].find((agency) =>
      agency.startsWith(`${sector}:`),
    ) ?? ''
  );
}

/**
 * Serves a sector as the hub does, or the registry, without guard, decision and access log: by the same resolvers and
 * statements for data, in the same server. Assembled here, for the benchmarks alone: nothing of the hub can be told to do
 * this.
 */
export async function serveOpenSector({ name, databaseUrl, whoAsks, around }: OpenSector): Promise<void> {
  const { subgraph } = (await import(`../../subgraphs/${name}/index.ts`)) as { subgraph: Subgraph };
  const plain = await unguardedSchema(subgraph);
  const sector = await sectorOf(subgraph, plain, databaseUrl);
  const agency = agencyOf(name);
  const apollo = new ApolloServer<HubContext>({
    schema: around(plain),
    introspection: false,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    csrfPrevention: false,
    formatError: (formatted, error) => formatFault(formatted, error, sector.log),
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      tellTimeLeft,
    ],
  });
  await apollo.start();
  const asked = new WeakMap<FastifyRequest, Asked>();
  const app = Fastify({
    serverFactory: (handler) => createReleasingServer(handler),
    bodyLimit: 256 * 1024,
    logger: false,
  });
  app.route({
    method: 'POST',
    url: '/graphql',
    preHandler: async (request) => {
      asked.set(request, await whoAsks(request.headers.authorization?.replace('Bearer ', '') ?? ''));
    },
    handler: fastifyApolloHandler(apollo, {
      context: async (request, reply) => {
        const by = asked.get(request);
        if (by === undefined) throw new TypeError('Who asks is known before.');
        const context = new HubContext({
          ...by,
          gatewayWaits: false,
          sector,
          response: release(reply.raw),
          memberships: null,
        });
        context.decisions = new Everything(agency, request.body);
        return context;
      },
    }),
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  process.stdout.write(`${JSON.stringify({ ready: true, port: (app.server.address() as AddressInfo).port })}\n`);
  process.once('SIGTERM', () => process.exit(0));
}

const tellTimeLeft: ApolloServerPlugin<HubContext> = {
  async requestDidStart() {
    return {
      async willSendResponse({ contextValue, response }) {
        response.http.headers.set(TIME_LEFT_HEADER, String(Math.floor(contextValue.response.limit())));
      },
    };
  },
};
