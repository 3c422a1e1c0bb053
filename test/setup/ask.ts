import pg from 'pg';
import type { Hub } from '../../hub/hub.ts';
import type { PersonaName } from '../../schema/demo-world.ts';

/** An error as it arrived. */
export interface ArrivedError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** An answer, and everything that arrived with it. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly data: Record<string, never> | null | undefined;
  readonly errors: readonly ArrivedError[];
  readonly requestId: string;
}

/** Asks the hub as a persona of the demo world, over HTTP. */
export async function ask(
  hub: Pick<Hub, 'url' | 'issuerUrl'>,
  persona: PersonaName | null,
  query: string,
  variables: Readonly<Record<string, unknown>> = {},
): Promise<Answer> {
  return askWith(hub, persona === null ? null : await tokenOf(hub, persona), query, variables);
}

/** Asks the hub with an access token, or without any, over HTTP. */
export async function askWith(
  hub: Pick<Hub, 'url'>,
  token: string | null,
  query: string,
  variables: Readonly<Record<string, unknown>> = {},
): Promise<Answer> {
  const authorization: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
  return post(hub.url, authorization, { query, variables });
}

/** Posts an operation, with these headers and no others of the caller's. */
export async function post(
  url: string,
  headers: Readonly<Record<string, string>>,
  operation: { readonly query: string; readonly variables?: Readonly<Record<string, unknown>> },
): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(operation),
  });
  const text = await response.text();
  const body = (text.startsWith('{') ? JSON.parse(text) : {}) as {
    data?: Record<string, never> | null;
    errors?: ArrivedError[];
  };
  const requestId = response.headers.get('samsyn-request-id') ?? '';
  return {
    status: response.status,
    headers: response.headers,
    text: withoutRequestId(text, requestId),
    data: body.data,
    errors: (body.errors ?? []).map((error) => unidentified(error, requestId)),
    requestId,
  };
}

/**
 * The error without the request's id, so that answers can be compared. Throws unless it carries the id of its own request:
 * each error of the gateway does, and none of a subgraph, which names no request.
 */
function unidentified({ extensions, ...error }: ArrivedError, requestId: string): ArrivedError {
  const { requestId: told, ...others } = extensions ?? {};
  if (told !== (requestId === '' ? undefined : requestId))
    throw new Error(`Expected the request's id in the error “${error.message}”.`);
  return { ...error, extensions: others };
}

function withoutRequestId(text: string, requestId: string): string {
  return text.replaceAll(`,"requestId":"${requestId}"`, '');
}

const tokens = new Map<string, Promise<string>>();

/** An access token of the demo issuer; one per persona and hub in a test file. */
export function tokenOf(hub: Pick<Hub, 'issuerUrl'>, persona: string): Promise<string> {
  const url = `${hub.issuerUrl}/token/${persona}`;
  const known = tokens.get(url) ?? fetch(url).then(async (response) => (await response.text()).trim());
  tokens.set(url, known);
  return known;
}

/** Runs SQL on one of the hub's databases, by the variable of its URL. */
export async function sql<Row extends pg.QueryResultRow>(
  hub: Pick<Hub, 'databaseUrls'>,
  variable: string,
  text: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  const client = new pg.Client({ connectionString: hub.databaseUrls[variable] });
  await client.connect();
  try {
    return (await client.query<Row>(text, [...values])).rows;
  } finally {
    await client.end();
  }
}
