import { expect, test } from '@jest/globals';
import { type Policy, type PolicyVerdict, parsePolicy } from '../../../../schema/log/policy.ts';
import { demandTrust, remarksOn } from './checkpoints.ts';
import { VerdictFaults } from './verdict.ts';

const verdict: PolicyVerdict = {
  checkpoint: { origin: 'log.example', size: 5, root: Buffer.alloc(32) },
  isSigned: true,
  hasQuorum: true,
  broken: [],
  unverified: [],
  cosignedAt: new Map(),
};
const faultsOf = (given: Partial<PolicyVerdict>) => {
  const faults = new VerdictFaults();
  demandTrust({ ...verdict, ...given }, faults);
  return faults.listed.map(({ kind, message }) => `${kind} ${message}`);
};
const asking: Policy = { ...parsePolicy('quorum none\n'), asksForWitnesses: true };

test('a broken signature of a trusted key is one fault, which names the key', () => {
  expect(faultsOf({})).toEqual([]);
  expect(faultsOf({ isSigned: false, hasQuorum: false, broken: ['a.example'] })).toEqual([
    'NOT_SIGNED A signature under the checkpoint that bears the name of a trusted key does not verify: a.example.',
  ]);
});

test('a cosignature that this Node cannot verify is a remark, and no fault', () => {
  expect(faultsOf({ unverified: ['p.example'] })).toEqual([]);
  expect(remarksOn(verdict, asking)).toEqual([]);
  expect(remarksOn({ ...verdict, unverified: ['p.example'] }, asking)).toEqual([
    'p.example signed by ML-DSA-44, which this Node cannot verify, so it does not count: use Node 24.7 or later.',
  ]);
});
