import type { Role } from '../../../../schema/caller.ts';
import type { Coverage } from './maker.ts';

/** The roles by which somebody reads about youths (C1). */
export type ReadingRole = Extract<Role, 'COORDINATOR' | 'MENTOR' | 'CASEWORKER' | 'SYSTEM'>;

/** The words of an extract in one language. Those that hold something are functions of it. */
export interface ReportTexts {
  readonly roles: Readonly<Record<ReadingRole, string>>;
  readonly rolesOf: (roles: readonly string[]) => string;
  readonly throughSystem: (who: string) => string;
  /** The part of a kind of information that shows where the youth is (C16). */
  readonly whereabouts: (information: string) => string;
  readonly consent: (version: number, programme: string) => string;
  readonly own: string;
  readonly shown: Readonly<Record<'RELEASED' | 'POSSIBLE', string>>;
  /** Stand in every extract of an agency, whatever is in it and whatever is left out. */
  readonly notes: (coverage: Coverage, agency: string) => readonly string[];
  readonly verification: string;
}
