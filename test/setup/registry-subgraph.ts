import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { Budget } from '../../chassis/decide/budget.ts';
import { folderNamed, runtimeLogin } from '../../chassis/folders.ts';
import { createLog } from '../../chassis/log.ts';
import { buildServedSchema } from '../../chassis/serve/build-schema.ts';
import type { ServerParts } from '../../chassis/serve/moments.ts';
import { createSubgraphServer } from '../../chassis/serve/server.ts';
import { changePlaces, createOrm, createPool } from '../../chassis/store/database.ts';
import { type Caller, mintAssertion } from '../../schema/caller.ts';
import { RELEASE_DEADLINE_MS } from '../../schema/deadline.ts';
import { operationHash } from '../../schema/operation-hash.ts';
import { subgraph } from '../../subgraphs/registry/index.ts';
import type { ArrivedError } from './ask.ts';
import { newAssertionKeys } from './assertion-keys.ts';
import type { RegistryDatabase } from './registry-database.ts';

const REGISTRY = folderNamed('registry');

/** What the registry answered, and the request's number in the log. */
export interface RegistryAnswer {
  readonly data: Readonly<Record<string, unknown>> | null | undefined;
  readonly errors: readonly ArrivedError[];
  readonly text: string;
  readonly requestId: string;
  /** The header Retry-After, if there is one. */
  readonly retryAfter: string | null;
}

/** The registry's subgraph, asked over HTTP as the gateway asks it. */
export interface RegistrySubgraph {
  ask(caller: Caller, query: string, variables?: Readonly<Record<string, unknown>>): Promise<RegistryAnswer>;
  end(): Promise<void>;
}

/** Serves the registry's subgraph from a database, in this process. */
export async function serveRegistry({ urls }: Pick<RegistryDatabase, 'urls'>): Promise<RegistrySubgraph> {
  const keys = await newAssertionKeys();
  const { app, end } = await registryServer(urls, { assertionKey: keys.verifying, tls: null });
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as AddressInfo;
  return {
    async ask(caller, query, variables = {}) {
      const requestId = randomUUID();
      const operation = { hash: operationHash(query), name: null, requestId };
      const assertion = await mintAssertion(keys.signing, 'registry', caller, operation, RELEASE_DEADLINE_MS);
      const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${assertion}` },
        body: JSON.stringify({ query, variables }),
      });
      const text = await response.text();
      const { data, errors = [] } = JSON.parse(text) as { data?: Record<string, unknown>; errors?: ArrivedError[] };
      return { data, errors, text, requestId, retryAfter: response.headers.get('retry-after') };
    },
    end,
  };
}

/** The registry's server, not listening yet. */
export async function registryServer(
  urls: RegistryDatabase['urls'],
  parts: Pick<ServerParts, 'assertionKey' | 'tls'>,
): Promise<{ app: FastifyInstance; end: () => Promise<void> }> {
  const url = urls[runtimeLogin(REGISTRY).variable] ?? '';
  const served = await buildServedSchema(subgraph);
  const orm = createOrm(url, REGISTRY.schema, subgraph.entities);
  const pool = createPool(url, 4);
  // The pool says goodbye without waiting, and the server that stops may be faster.
  pool.on('error', (error) => {
    if (!pool.ended) throw error;
  });
  const app = await createSubgraphServer({
    served,
    sector: {
      name: REGISTRY.name,
      labels: served.labels,
      authorizer: null,
      pool,
      log: createLog('registry'),
      fork: () => orm.em.fork(),
      budget: new Budget(pool),
      changes: changePlaces(),
      metadata: (row) => orm.getMetadata().get(row),
    },
    membership: subgraph.membership ?? null,
    toleranceSeconds: 2,
    ...parts,
  });
  return {
    app,
    async end() {
      await app.close();
      await Promise.all([orm.close(), pool.end()]);
    },
  };
}
