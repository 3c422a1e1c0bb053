import type { AddressInfo } from 'node:net';
import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
} from '@apollo/server/plugin/disabled';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import Fastify, { type FastifyRequest } from 'fastify';
import { type GraphQLSchema, parse } from 'graphql';
import { buildSchema, createResolversMap, type NonEmptyArray } from 'type-graphql';
import type { Caller, OperationIdentity } from '../../schema/caller.ts';
import { TIME_LEFT_HEADER } from '../../schema/deadline.ts';
import { createReleasingServer, release } from '../../schema/release.ts';
import { buildServedSchema } from '../../subgraphs/build-schema.ts';
import { HubContext, type Sector } from '../../subgraphs/context.ts';
import { createOrm, createPool } from '../../subgraphs/database.ts';
import { Decisions, type Permit } from '../../subgraphs/decisions.ts';
import { folderNamed } from '../../subgraphs/folders.ts';
import { Labels } from '../../subgraphs/labels.ts';
import { createLog } from '../../subgraphs/log.ts';
import type { ClassReference, Subgraph } from '../../subgraphs/subgraph.ts';
import { type Touched, touchedBy } from '../../subgraphs/touched.ts';
import { validateInput } from '../../subgraphs/validate-input.ts';
import { bareYouth, YouthResolver } from '../../subgraphs/youth.ts';
import { GRANTED } from './youths.ts';

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
  return buildSubgraphSchema([{ typeDefs: parse(sdl), resolvers: { ...map, Youth } }]);
}

/**
 * What the bench world grants its coordinators and what is their agency's own, of what was asked for; undecided. So the same
 * statements are sent as by the hub, and no more.
 */
function granted({ kinds, youths }: Touched, agencies: readonly string[]): Permit[] {
  const known = new Set<string>(GRANTED.map(([, category]) => category));
  const read = kinds.filter(({ category }) => known.has(category) || category.startsWith('social-services.'));
  return youths.flatMap((youth) =>
    agencies.flatMap((source) =>
      read.map(({ category, whereabouts }) => {
        return { youth, source, category, whereabouts, dataFrom: null, dataTo: null, key: 'all', timeLeftMs: 60_000 };
      }),
    ),
  );
}

async function sectorOf(subgraph: Subgraph, schema: GraphQLSchema, database: string): Promise<Sector> {
  const folder = folderNamed(subgraph.name);
  const orm = await createOrm(database, folder.schema, subgraph.entities);
  return {
    name: subgraph.name,
    labels: new Labels(schema),
    authorizer: null,
    pool: createPool(database, 8),
    log: createLog(subgraph.name),
    fork: () => orm.em.fork(),
    metadata: (row) => orm.getMetadata().get(row),
  };
}

/**
 * Serves a sector as the hub does, without guard, decision and access log: it reads by the same resolvers and statements.
 * Assembled here, for the benchmarks alone: nothing of the hub can be told to do this.
 */
export async function serveOpenSector({ name, databaseUrl, whoAsks, around }: OpenSector): Promise<void> {
  const { subgraph } = (await import(`../../subgraphs/${name}/index.ts`)) as { subgraph: Subgraph };
  const plain = await unguardedSchema(subgraph);
  const sector = await sectorOf(subgraph, plain, databaseUrl);
  const { rows } = await sector.pool.query<{ agency: string }>('SELECT DISTINCT agency FROM agency.link');
  const agencies = rows.map(({ agency }) => agency);
  const apollo = new ApolloServer<HubContext>({
    schema: around(plain),
    stopOnTerminationSignals: false,
    csrfPrevention: false,
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      permitGranted(plain, sector, agencies),
    ],
  });
  await apollo.start();
  const asked = new WeakMap<FastifyRequest, Asked>();
  const app = Fastify({ serverFactory: (handler) => createReleasingServer(handler), bodyLimit: 256 * 1024 });
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
        return new HubContext({ ...by, sector, response: release(reply.raw), memberships: null });
      },
    }),
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  process.stdout.write(`${JSON.stringify({ ready: true, port: (app.server.address() as AddressInfo).port })}\n`);
  process.once('SIGTERM', () => process.exit(0));
}

function permitGranted(
  schema: GraphQLSchema,
  sector: Sector,
  agencies: readonly string[],
): ApolloServerPlugin<HubContext> {
  return {
    async requestDidStart() {
      return {
        async didResolveOperation({ contextValue, document, operation, request }) {
          if (operation === undefined) return;
          const touched = touchedBy(schema, sector.labels, document, operation, request.variables ?? {});
          contextValue.decisions = new Decisions(granted(touched, agencies), sector.labels);
        },
        async willSendResponse({ response }) {
          response.http.headers.set(TIME_LEFT_HEADER, '3000');
        },
      };
    },
  };
}
