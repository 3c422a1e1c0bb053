import { expect, test } from '@jest/globals';
import { edgeTiles, parseTilePath, tilePath } from './tiles.ts';

test('gives a tile the path of the format', () => {
  expect(tilePath({ level: 0, index: 1234067, width: 256 })).toBe('tile/0/x001/x234/067');
  expect(tilePath({ level: 1, index: 0, width: 17 })).toBe('tile/1/000.p/17');
  expect(tilePath({ level: 0, index: 999, width: 256 }, 'entries')).toBe('tile/entries/999');
  expect(tilePath({ level: 0, index: 1000, width: 1 }, 'entries')).toBe('tile/entries/x001/000.p/1');
});

test('reads a path back, and no malformed one', () => {
  for (const path of ['tile/0/x001/x234/067', 'tile/63/000.p/255', 'tile/entries/x001/000.p/1']) {
    const tile = parseTilePath(path);
    expect(tile === null ? null : tilePath(tile, tile.kind)).toBe(path);
  }
  const wrong = [
    'tile/00/000',
    'tile/64/000',
    'tile/0/x000/001',
    'tile/0/0',
    'tile/0/1000',
    'tile/0/000.p/0',
    'tile/0/000.p/256',
    'tile/0/000.p/01',
    'tile/0/../000',
    'checkpoint',
    '/tile/0/000',
  ];
  expect(wrong.map(parseTilePath)).toEqual(wrong.map(() => null));
});

test('finds the partial tiles of the format’s example in a tree of 70,000 leaves', () => {
  expect(edgeTiles(70_000)).toEqual([
    { level: 0, index: 273, width: 112 },
    { level: 1, index: 1, width: 17 },
    { level: 2, index: 0, width: 1 },
  ]);
  expect(edgeTiles(256)).toEqual([{ level: 1, index: 0, width: 1 }]);
  expect(edgeTiles(0)).toEqual([]);
});
