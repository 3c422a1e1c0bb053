import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { FENCE_MS } from '../../../schema/deadline.ts';
import { begun } from './place.ts';

const SDL = readFileSync(new URL('../../../schema/generated/registry.graphql', import.meta.url), 'utf8');

/** The mutations of the registry that can end a permission. */
const FENCED = [...SDL.matchAll(/^ {2}(\w+)\(input: \w+!\): \w+ .*@fenced/gm)].map(([, name]) => name);

test('every change that was recorded has answered with what it recorded', async () => {
  const said = await Promise.all(begun.map((each) => each.said));
  expect(said.map(({ id }) => id)).toEqual(begun.map(({ id }) => id));
});

test('C14 every mutation that can end a permission was among them, and answered after the fence', async () => {
  const took = await Promise.all(begun.map(async ({ mutation, tookMs }) => ({ mutation, tookMs: await tookMs })));
  expect([...new Set(took.map(({ mutation }) => mutation))].sort()).toEqual(FENCED.sort());
  expect(took.filter(({ tookMs }) => tookMs < FENCE_MS)).toEqual([]);
});
