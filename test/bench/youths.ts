/** The id of the bench world's youth with this number, from 0. */
export function youthId(number: number): string {
  return `00000000-0000-4000-9000-${String(number).padStart(12, '0')}`;
}
