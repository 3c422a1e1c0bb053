import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { tries } from '../../test/setup/depth.ts';
import { keptTiles } from '../../test/setup/kept-tiles.ts';
import { EMPTY_ROOT, GrowingTree, hashLeaf, isConsistent, isIncluded, rootOver } from './merkle.ts';
import { edgeTiles, rootOfEdge, TILE_WIDTH, TiledTree } from './tiles.ts';

/** The leaves of the tree that Certificate Transparency’s own tests use, and the roots of its first eight sizes. */
const LEAVES = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
const ROOTS = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];
const hashes = LEAVES.map((hex) => hashLeaf(Buffer.from(hex, 'hex')));

test('finds the published root for every size', () => {
  const tree = new GrowingTree();
  const roots = hashes.map((leafHash) => {
    tree.append(leafHash);
    return tree.root().toString('hex');
  });
  expect(roots).toEqual(ROOTS);
  expect(EMPTY_ROOT.toString('hex')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  expect(rootOver([])).toEqual(EMPTY_ROOT);
});

const folder = fileURLToPath(new URL('../../../shared/data/merkle', import.meta.url));

/** The vectors are beside the project on some machines only; elsewhere their tests are skipped. */
(existsSync(folder) ? describe : describe.skip)('the test vectors of transparency-dev', () => {
  interface Vector {
    readonly leafIdx: number;
    readonly treeSize: number;
    readonly root: string;
    readonly leafHash: string;
    readonly size1: number;
    readonly size2: number;
    readonly root1: string;
    readonly root2: string;
    readonly proof: readonly string[] | null;
    readonly wantErr: boolean;
  }
  const bytes = (text: string) => Buffer.from(text, 'base64');
  const vectorsOf = (kind: string) =>
    readdirSync(join(folder, kind), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.json'))
      .map((file) => ({ file, ...(JSON.parse(readFileSync(join(folder, kind, file), 'utf8')) as Vector) }));

  test('give the expected verdict on inclusion', () => {
    const vectors = vectorsOf('inclusion');
    const found = vectors.map(({ file, leafIdx: index, treeSize: size, leafHash, root, proof }) => ({
      file,
      wantErr: !isIncluded({ index, size, leafHash: bytes(leafHash), root: bytes(root) }, (proof ?? []).map(bytes)),
    }));
    expect(found).toEqual(vectors.map(({ file, wantErr }) => ({ file, wantErr })));
    expect(vectors.some(({ wantErr }) => !wantErr)).toBe(true);
  });

  test('give the expected verdict on consistency', () => {
    const vectors = vectorsOf('consistency');
    const found = vectors.map(({ file, size1, size2, root1, root2, proof }) => ({
      file,
      wantErr: !isConsistent(
        { size: size1, root: bytes(root1) },
        { size: size2, root: bytes(root2) },
        (proof ?? []).map(bytes),
      ),
    }));
    expect(found).toEqual(vectors.map(({ file, wantErr }) => ({ file, wantErr })));
    expect(vectors.length + vectorsOf('inclusion').length).toBe(196);
  });
});

type Verifier = (
  entry: { canonicalizedBody: Buffer; inclusionProof: { logIndex: string; hashes: readonly Buffer[] } },
  checkpoint: { logSize: bigint; logHash: Buffer },
) => void;

/** An independent implementation. Its package exports only the verification of whole bundles, so its file is named here. */
function sigstore(): Verifier {
  const require = createRequire(import.meta.url);
  const file = join(dirname(require.resolve('@sigstore/verify')), 'tlog/merkle.js');
  return (require(file) as { verifyMerkleInclusion: Verifier }).verifyMerkleInclusion;
}

const leaf = (n: number) => Buffer.from(`leaf ${n}`);
const largest = 3 * TILE_WIDTH + 7;
const tiles = keptTiles(Array.from({ length: largest }, (_, n) => hashLeaf(leaf(n))));

test('makes inclusion proofs that satisfy an independent verifier, which refuses changed ones', async () => {
  const verify = sigstore();
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: largest }), fc.nat(), async (size, place) => {
      const index = place % size;
      const tree = new TiledTree(size, tiles);
      const hashes = await tree.inclusionProof(index);
      const logHash = await tree.root();
      const entry = (body: Buffer) => ({
        canonicalizedBody: body,
        inclusionProof: { logIndex: String(index), hashes },
      });
      verify(entry(leaf(index)), { logSize: BigInt(size), logHash });
      expect(() => verify(entry(leaf(index + 1)), { logSize: BigInt(size), logHash })).toThrow();
      expect(isIncluded({ index, size, leafHash: hashLeaf(leaf(index)), root: logHash }, hashes)).toBe(true);
      expect(isIncluded({ index, size, leafHash: hashLeaf(leaf(index + 1)), root: logHash }, hashes)).toBe(false);
    }),
    { numRuns: tries(60, 1_000) },
  );
});

test('finds a tree consistent with every beginning of it, and with no other tree', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: largest }), fc.nat(), async (to, beginning) => {
      const from = 1 + (beginning % to);
      const tree = new TiledTree(largest, tiles);
      const proof = await tree.consistencyProof(from, to);
      const [older, newer] = [await tree.root(from), await tree.root(to)];
      expect(isConsistent({ size: from, root: older }, { size: to, root: newer }, proof)).toBe(true);
      expect(isConsistent({ size: from, root: hashLeaf(older) }, { size: to, root: newer }, proof)).toBe(false);
      expect(isConsistent({ size: from, root: older }, { size: to, root: hashLeaf(newer) }, proof)).toBe(false);
    }),
    { numRuns: tries(60, 1_000) },
  );
});

test('finds the same root for a tree grown leaf by leaf, read from tiles and read from its edge', async () => {
  const grown = new GrowingTree();
  for (let n = 0; n < largest; n += 1) {
    grown.append(hashLeaf(leaf(n)));
    if (n % 37 !== 0 && n % TILE_WIDTH > 1) continue;
    const { size } = grown;
    const edge = await Promise.all(edgeTiles(size).map(async (tile) => ({ tile, hashes: await tiles(tile) })));
    expect(await new TiledTree(size, tiles).root()).toEqual(grown.root());
    expect(rootOfEdge(edge)).toEqual(grown.root());
  }
});
