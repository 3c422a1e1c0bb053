import { isRole, ROLES, type Role } from '../../schema/caller.ts';

/**
 * The claim at a path of names with dots between them, as `realm_access.roles`; undefined if there is none. A name may hold dots
 * itself, as a URL or a client’s id does: the longest name that is there is taken first.
 */
export function claimAt(claims: unknown, path: string): unknown {
  const whole = property(claims, path);
  if (whole !== undefined) return whole;
  for (let dot = path.lastIndexOf('.'); dot > 0; dot = path.lastIndexOf('.', dot - 1)) {
    const inner = property(claims, path.slice(0, dot));
    const found = inner === undefined ? undefined : claimAt(inner, path.slice(dot + 1));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The object’s own property; undefined for anything else, lists included. */
export function property(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, name))
    return undefined;
  return Reflect.get(value, name);
}

/**
 * The known roles in a roles claim, each once (C1). The claim is a role, a text of roles with spaces or commas between them (as
 * RFC 8693, section 4.2 has scopes), an object with them as its `value` (RFC 9068, section 2.2.3.1 and RFC 7643, section 4.1.2), or a
 * list of such. AUDITOR counts wherever it stands in the claim, so that it never goes unnoticed beside another role.
 */
export function rolesIn(claim: unknown): readonly Role[] {
  const stated = new Set(statedIn(claim));
  const known = ROLES.filter((role) => stated.has(role));
  return known.length > 0 && !stated.has('AUDITOR') && hides(claim, 'AUDITOR') ? [...known, 'AUDITOR'] : known;
}

function statedIn(claim: unknown): Role[] {
  if (typeof claim === 'string') return wordsOf(claim).filter(isRole);
  return Array.isArray(claim) ? claim.flatMap(statedIn) : statedInValue(property(claim, 'value'));
}

function statedInValue(value: unknown): Role[] {
  return value === undefined ? [] : statedIn(value);
}

/** True if the role stands anywhere in the claim, names of properties included. */
function hides(claim: unknown, role: Role): boolean {
  if (typeof claim === 'string') return wordsOf(claim).includes(role);
  if (typeof claim !== 'object' || claim === null) return false;
  return Object.entries(claim).some((entry) => entry.some((part) => hides(part, role)));
}

function wordsOf(text: string): string[] {
  return text.split(/[\s,]+/);
}
