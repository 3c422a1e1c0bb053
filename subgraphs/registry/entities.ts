import type { EntityClass } from '@mikro-orm/core';
import { TellingRow } from './access-report/telling.ts';
import { AgencyRow } from './agency.ts';
import { AlarmRow } from './alarm.ts';
import { AnsweredKeyRow } from './answered-key.ts';
import { BarRow } from './bar.ts';
import { CategoryRow } from './category.ts';
import { ConsentRow, SupersessionRow } from './consent.ts';
import { CustodyRow } from './custody.ts';
import { EntryRow } from './entry.ts';
import { ConsentGrantRow } from './grant.ts';
import { InterventionGroupRow } from './group.ts';
import { GroupUpdateRow } from './group-update.ts';
import { ProgrammeAgencyRow, ProgrammeRow } from './programme.ts';
import { ReviewEntryRow, ReviewRow } from './review.ts';
import { SeatRow } from './seat.ts';
import { SectorRow } from './sector.ts';
import { SignatureRow } from './signature.ts';
import { StatementReachRow, StatementRow } from './statement.ts';
import { WaiverRow } from './waiver.ts';
import { YouthRow } from './youth.ts';

/** Everything that the registry stores. */
export const entities: readonly EntityClass[] = [
  SectorRow,
  CategoryRow,
  AgencyRow,
  YouthRow,
  CustodyRow,
  ProgrammeRow,
  ProgrammeAgencyRow,
  InterventionGroupRow,
  SeatRow,
  ConsentRow,
  SupersessionRow,
  ConsentGrantRow,
  SignatureRow,
  WaiverRow,
  StatementRow,
  StatementReachRow,
  BarRow,
  GroupUpdateRow,
  AnsweredKeyRow,
  EntryRow,
  ReviewRow,
  ReviewEntryRow,
  AlarmRow,
  TellingRow,
];
