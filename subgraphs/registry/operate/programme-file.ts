import { readdirSync, readFileSync } from 'node:fs';
import { Ajv, type ErrorObject } from 'ajv';
import { parseDocument } from 'yaml';
import { holdsIdentityNumber } from '../../../schema/identity-number.ts';

/** A programme as its file describes it. */
export interface ProgrammeFile {
  readonly code: string;
  readonly name: string;
  readonly municipality: string | null;
  readonly kind: 'SIG' | 'SSPF';
  readonly ages: { readonly from: number; readonly to: number } | null;
  readonly cap: number | null;
  /** The lead agency, or the sector whose agency leads where the youth lives. */
  readonly lead: string;
  readonly agencies: readonly { readonly code: string; readonly name: string; readonly mandatory: boolean }[];
  readonly signers: 'DEFAULT' | 'YOUTH_ALWAYS';
  /** A duration in ISO 8601. */
  readonly longestConsent: string;
  /** A duration in ISO 8601. */
  readonly reviewInterval: string;
  readonly deputies: boolean;
  readonly peculiarity: string;
  /** The years that the log keeps entries about a group after its end. */
  readonly retentionYears: number;
}

/** A programme that is rejected. The message names every fault, a line each. */
export class ProgrammeFault extends Error {}

const FOLDER = new URL('../../../schema/programmes/', import.meta.url);
const check = new Ajv({ allErrors: true, allowUnionTypes: true, useDefaults: true }).compile<ProgrammeFile>(
  JSON.parse(readFileSync(new URL('programme.schema.json', FOLDER), 'utf8')),
);

/** The programme in a YAML file. Throws a ProgrammeFault if it is not valid. */
export function readProgramme(file: string | URL): ProgrammeFile {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new ProgrammeFault(`The file cannot be read (${code}). Name a YAML file that this user can read.`, { cause });
  }
  return parseProgramme(text);
}

/** The programme in a YAML text. Throws a ProgrammeFault that names every fault if it is not valid. */
export function parseProgramme(text: string): ProgrammeFile {
  const document = parseDocument(text);
  if (document.errors.length > 0) {
    throw fault(document.errors.map(({ message }) => `not YAML: ${message.split('\n')[0]}`));
  }
  const given: unknown = document.toJS({ maxAliasCount: 0 });
  const isWhole = check(given);
  const faults = [...(check.errors ?? []).map(sentenceOf), ...contradictions(given), ...numbersIn(given)];
  if (!isWhole || faults.length > 0) throw fault(faults);
  return given;
}

/** The hub's own programmes, by file name. */
export function ownProgrammes(): ProgrammeFile[] {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.yaml'));
  return files.sort().map((file) => readProgramme(new URL(file, FOLDER)));
}

/** The fault that names all of these. */
export function fault(faults: readonly string[]): ProgrammeFault {
  const count = faults.length === 1 ? 'a fault' : `${faults.length} faults`;
  return new ProgrammeFault([`The programme has ${count}:`, ...faults.map((each) => `  ${each}`)].join('\n'));
}

function sentenceOf({ instancePath, message, params }: ErrorObject): string {
  const place = instancePath.slice(1).replaceAll('/', '.') || 'the file';
  const { additionalProperty, allowedValues } = params as { additionalProperty?: string; allowedValues?: unknown[] };
  if (additionalProperty !== undefined) return `${place} has the unknown key ${additionalProperty}`;
  if (allowedValues !== undefined) return `${place} must be one of ${allowedValues.join(', ')}`;
  return `${place} ${message}`;
}

/** The places of texts in which something looks like a personal identity number, each as a fault. */
function numbersIn(part: unknown, place: readonly string[] = []): string[] {
  if (typeof part === 'object' && part !== null) {
    return Object.entries(part).flatMap(([name, inner]) => numbersIn(inner, [...place, name]));
  }
  if (!['string', 'number'].includes(typeof part) || !holdsIdentityNumber(String(part))) return [];
  return [`${place.join('.') || 'the file'} must hold nothing that looks like a personal identity number`];
}

/** The faults that no schema finds: parts that do not fit each other. The schema reports parts of a wrong type. */
function contradictions(given: unknown): string[] {
  const { ages, agencies, lead } = (given ?? {}) as Partial<Record<'ages' | 'agencies' | 'lead', unknown>>;
  const { from, to } = (ages ?? {}) as { from?: unknown; to?: unknown };
  const faults: string[] = [];
  if (typeof from === 'number' && typeof to === 'number' && from > to)
    faults.push('ages.to must not be below ages.from');
  if (!Array.isArray(agencies)) return faults;
  const listed = agencies.map((each: { code?: unknown; mandatory?: unknown } | null) => ({ ...each }));
  for (const [index, { code }] of listed.entries()) {
    const isRepeated = code !== undefined && listed.findIndex((other) => other.code === code) < index;
    if (isRepeated) faults.push(`agencies.${index}.code is listed twice`);
  }
  const leads = ({ code, mandatory }: { code?: unknown; mandatory?: unknown }) => code === lead && mandatory === true;
  if (typeof lead === 'string' && lead.includes(':') && !listed.some(leads)) {
    faults.push('lead must be among the agencies, as a mandatory one');
  }
  return faults;
}
