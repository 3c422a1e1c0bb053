import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import type { Caller } from '../../schema/caller.ts';
import { HubError } from '../../schema/errors.ts';
import { createApp } from '../app.ts';
import { createEngine, type SubgraphAnswer, type SubgraphRequest } from '../engine/engine.ts';
import { operationHash } from '../operations.ts';
import type { GatewayContext } from '../transport.ts';
import type { FormConsent } from './consent-form/answer.ts';
import { CONSENT } from './example-form.ts';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');

/** The operation behind the consent form. */
export const OPERATION: string = read('../../schema/operations/consent-form.graphql');

/** Who asks with the token that the example gateway knows. */
export const CALLER: Caller = {
  subject: 'p-1',
  actor: null,
  agency: 'social-services:skovde',
  roles: ['COORDINATOR'],
};
export const BEARER = { authorization: 'Bearer good' } as const;
export const CONSENT_ID = '20000000-0000-4000-8000-000000000001';

/** The real gateway with its engine, and in place of the subgraphs what a test lets them answer. */
export class ExampleGateway {
  /** What the registry answers now. */
  answered: SubgraphAnswer = {};
  /** What it was asked. */
  asked: { readonly request: SubgraphRequest; readonly context: GatewayContext }[] = [];
  /** How long its answer may still be released, as its header would say. */
  timeLeftMs = 60_000;
  #url = '';
  #close: () => Promise<void> = async () => undefined;

  static async start(): Promise<ExampleGateway> {
    const gateway = new ExampleGateway();
    const engine = createEngine<GatewayContext>({
      supergraph: read('../../schema/generated/supergraph.graphql'),
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
      published: new Map([[operationHash(OPERATION), 'consent-form']]),
      introspection: false,
      log: pino({ level: 'silent' }),
    });
    await app.listen({ host: '127.0.0.1', port: 0 });
    gateway.#url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}/consent-form/${CONSENT_ID}`;
    gateway.#close = () => app.close();
    return gateway;
  }

  /** The address of the form. */
  get url(): string {
    return this.#url;
  }

  /** Forgets what was asked, and answers the example consent with these changes. */
  answer(changes: Partial<FormConsent> = {}): void {
    this.asked = [];
    this.timeLeftMs = 60_000;
    this.answered = { data: { consent: { ...CONSENT, ...changes } } };
  }

  get(query = '', headers: Readonly<Record<string, string>> = BEARER): Promise<Response> {
    return fetch(this.#url + query, { headers });
  }

  stop(): Promise<void> {
    return this.#close();
  }
}
