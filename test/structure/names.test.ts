import { expect, test } from '@jest/globals';
import { SOURCES, textOf } from './sources.ts';

/** The parts that are read together: a type's name means one thing in all of them. */
const TOGETHER = /^(chassis|gateway|subgraphs\/registry)\//;

const TYPE = /^export (?:abstract |const |declare )*(?:class|enum|interface|type) (\w+)/gm;

test('an exported type’s name stands for one thing within gateway, chassis and registry', () => {
  const places = new Map<string, string[]>();
  for (const file of SOURCES.filter((source) => TOGETHER.test(source))) {
    for (const [, name = ''] of textOf(file).matchAll(TYPE)) {
      places.set(name, [...(places.get(name) ?? []), file]);
    }
  }
  const several = [...places].filter(([, files]) => files.length > 1);
  expect(places.size).toBeGreaterThan(200);
  expect(several).toEqual([]);
});
