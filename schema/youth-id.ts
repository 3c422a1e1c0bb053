/** True if this is a well-formed youth id (a UUID). Nothing else is asked about, so nothing else is permitted. */
export function isYouthId(id: unknown): id is string {
  return typeof id === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id);
}
