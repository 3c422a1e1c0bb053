import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { createApp } from '../../gateway/app.ts';
import type { GatewayContext } from '../../gateway/ask/transport.ts';
import { createEngine, type SubgraphAnswer, type SubgraphRequest } from '../../gateway/engine/engine.ts';
import type { Caller } from '../../schema/caller.ts';
import { HubError } from '../../schema/errors.ts';
import { operationHash } from '../../schema/operation-hash.ts';
import { planHere } from '../engine/planning-here.ts';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');

/** A page to be tried: its address, the operation behind it, and what the registry answers, with changes. */
export interface ExamplePage<Changes> {
  readonly path: string;
  /** The name of the published operation. */
  readonly operation: string;
  readonly answer: (changes: Partial<Changes>) => object;
}

/** The text of a published operation. */
export const operationNamed = (name: string): string => read(`../../schema/operations/${name}.graphql`);

/** Who asks with the token that the example gateway knows. */
export const CALLER: Caller = {
  subject: 'p-1',
  actor: null,
  agency: 'social-services:skovde',
  roles: ['COORDINATOR'],
};
export const BEARER = { authorization: 'Bearer good' } as const;

/** The real gateway with its engine, and in place of the subgraphs what a test lets them answer. */
export class ExampleGateway<Changes> {
  /** What the registry answers now. */
  answered: SubgraphAnswer = {};
  /** What it was asked. */
  asked: { readonly request: SubgraphRequest; readonly context: GatewayContext }[] = [];
  /** How long its answer may still be released, as its header would say. */
  timeLeftMs = 60_000;
  readonly #page: ExamplePage<Changes>;
  #url = '';
  #close: () => Promise<void> = async () => undefined;

  private constructor(page: ExamplePage<Changes>) {
    this.#page = page;
  }

  static async start<Changes>(page: ExamplePage<Changes>): Promise<ExampleGateway<Changes>> {
    const gateway = new ExampleGateway(page);
    const engine = createEngine<GatewayContext>({
      supergraph: read('../../schema/generated/supergraph.graphql'),
      planner: planHere,
      transport: async (request, context) => {
        gateway.asked.push({ request, context });
        context.release.limitTo(gateway.timeLeftMs);
        return structuredClone(gateway.answered);
      },
    });
    const app = await createApp({
      engine,
      authenticate: async (authorization) => {
        if (authorization === BEARER.authorization) return CALLER;
        throw HubError.constant('UNAUTHENTICATED');
      },
      published: { names: new Map([[operationHash(operationNamed(page.operation)), page.operation]]), texts: [] },
      introspection: false,
      log: pino({ level: 'silent' }),
    });
    await app.listen({ host: '127.0.0.1', port: 0 });
    gateway.#url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}${page.path}`;
    gateway.#close = () => app.close();
    return gateway;
  }

  /** The address of the page. */
  get url(): string {
    return this.#url;
  }

  /** Forgets what was asked, and answers the example with these changes. */
  answer(changes: Partial<Changes> = {}): void {
    this.asked = [];
    this.timeLeftMs = 60_000;
    this.answered = { data: this.#page.answer(changes) as Record<string, unknown> };
  }

  get(query = '', headers: Readonly<Record<string, string>> = BEARER): Promise<Response> {
    return fetch(this.#url + query, { headers });
  }

  stop(): Promise<void> {
    return this.#close();
  }
}
