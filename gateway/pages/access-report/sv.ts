import type { AccessReportTexts } from './texts.ts';

/** The extract's page in Swedish. */
export const sv: AccessReportTexts = {
  title: 'Vem har läst uppgifterna?',
  subtitle: 'Utdrag ur loggen i Samsyn, till den unga eller en vårdnadshavare',
  made: (day, time) => `Gjort den ${day} klockan ${time}`,
  theYouth: 'Den unga: namn',
  identityNumber: 'Personnummer',
  period: (from, until, time) =>
    `Från och med ${from} till ${time === null ? `och med ${until}` : `den ${until} klockan ${time}`}.`,
  when: 'När',
  who: 'Vem',
  what: 'Vilka uppgifter',
  why: 'Varför det var tillåtet',
  from: (source) => `från ${source}`,
  numbers: (numbers) => `nr ${numbers.join(', ')}`,
  unsealed: 'nytt, ännu utan nummer',
  nothing: 'Det finns inget att berätta om för den här tiden.',
  goodToKnow: 'Bra att veta',
  checking: 'Så kan det kontrolleras',
  checkpoint: (size) => `Kontrollpunkt för de första ${size} i loggen:`,
  noCheckpoint: 'Det finns ingen kontrollpunkt ännu. Hämta utdraget igen om en liten stund.',
  forStaff: 'Fylls i av den som lämnar ut utdraget',
  secrecyTested: 'Sekretessen prövad för den som får det',
  givenBy: 'Lämnat av, datum',
};
