import { readFileSync } from 'node:fs';
import type { Hub } from '../../hub/hub.ts';
import type { PersonaName } from '../../schema/demo-world.ts';
import { ask, sql } from '../setup/ask.ts';

/** The text of a published operation. */
export const operation = (name: string): string =>
  readFileSync(new URL(`../../schema/operations/${name}.graphql`, import.meta.url), 'utf8');

/** The published operation that reads the log. */
export const ACCESS_LOG = operation('access-log');

const DAY_MS = 24 * 3_600_000;

/** An interval around the test. */
export const FROM = new Date(Date.now() - DAY_MS).toISOString();
export const TO = new Date(Date.now() + DAY_MS).toISOString();

/** An entry as it is read. */
export type Entry = Readonly<Record<string, unknown>> & {
  readonly id: string;
  readonly requestId: string;
  readonly agency: { readonly code: string } | null;
  readonly source: { readonly code: string } | null;
};
/** A page of the log. */
export interface Page {
  readonly edges: readonly { readonly node: Entry }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

/** One page of the log, 200 entries unless `more` says otherwise. Throws when there is none. */
export async function page(hub: Hub, persona: PersonaName, filter: object = {}, more: object = {}): Promise<Page> {
  const variables = { filter: { from: FROM, to: TO, ...filter }, first: 200, ...more };
  const { data, errors } = await ask(hub, persona, ACCESS_LOG, variables);
  const { accessLog } = (data ?? {}) as { accessLog?: Page | null };
  if (accessLog == null) throw new Error(JSON.stringify(errors));
  return accessLog;
}

/** All pages of a filter, and how many there were. */
export async function pages(
  hub: Hub,
  persona: PersonaName,
  filter: object,
  first: number,
): Promise<{ entries: Entry[]; pages: number }> {
  const entries: Entry[] = [];
  for (let [after, count]: [string | null, number] = [null, 1]; ; count += 1) {
    const { edges, pageInfo } = await page(hub, persona, filter, { first, after });
    entries.push(...edges.map(({ node }) => node));
    if (!pageInfo.hasNextPage) return { entries, pages: count };
    after = pageInfo.endCursor;
  }
}

const SHOWN_WITHIN_MS = 45_000;
const BETWEEN_MS = 250;

/** Polls the log until all that was written up to a request shows: it tells nothing that is younger than some ten seconds. */
export async function untilShown(hub: Hub, requestId: string): Promise<void> {
  const [row] = await sql<{ at: Date }>(
    hub,
    'SAMSYN_REGISTRY_OWNER_URL',
    'SELECT max(at) AS at FROM registry.entry WHERE request_id = $1',
    [requestId],
  );
  const from = row?.at.toISOString();
  const start = performance.now();
  while ((await page(hub, 'hub-auditor', { from }, { first: 1 })).edges.length === 0) {
    if (performance.now() - start > SHOWN_WITHIN_MS) throw new Error(`The log has not shown ${requestId} in time.`);
    await new Promise((wake) => setTimeout(wake, BETWEEN_MS));
  }
}
