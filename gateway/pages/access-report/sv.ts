import type { AccessReportTexts } from './texts.ts';

/** The extract's page in Swedish. */
export const sv: AccessReportTexts = {
  title: 'Vem har läst uppgifterna?',
  subtitle: 'Till den unga eller en vårdnadshavare, från Samsyn',
  made: (day, time) => `Gjort den ${day} klockan ${time}`,
  theYouth: 'Den unga: namn',
  identityNumber: 'Personnummer',
  period: (from, fromTime, until, untilTime) =>
    `Från ${fromTime === null ? `och med ${from}` : `den ${from} klockan ${fromTime}`} till ${untilTime === null ? `och med ${until}` : `den ${until} klockan ${untilTime}`}.`,
  who: 'Vem',
  what: 'Vilka uppgifter',
  howOften: 'Hur ofta',
  firstAndLast: 'Första och senaste gången',
  times: (times) => (times === 1 ? '1 gång' : `${times} gånger`),
  onceAt: (day, time) => `${day} klockan ${time}`,
  from: (source) => `från ${source}`,
  nothing: 'Det finns inget att berätta om för den här tiden.',
  furtherSheets: 'På de följande sidorna står det dag för dag, och sedan varje läsning för sig.',
  dayByDay: 'Dag för dag',
  day: 'Dag',
  appendix: 'Bilaga: varje läsning',
  ofReadings: (from, until, readings) => `Läsning ${from} till ${until} av ${readings}, den senaste först.`,
  numbersMean:
    'Siffran före uppgifterna är läsningens nummer i bilagan. Numret efter är platsen i loggen, som läsningen kan kontrolleras med.',
  when: 'När',
  why: 'Varför det var tillåtet',
  numbers: (numbers) => `${numbers.join(', ')}.`,
  inLog: (numbers) => `nr ${numbers.join(', ')} i loggen`,
  unsealed: 'nytt, ännu utan nummer i loggen',
  goesOn: (after) =>
    `Bilagan fortsätter. Den som lämnar ut utdraget hämtar resten med samma from och to och after=${after} i adressen.`,
  goodToKnow: 'Bra att veta',
  checking: 'Så kan det kontrolleras',
  checkpoint: (size) => `Kontrollpunkt för de första ${size} i loggen:`,
  noCheckpoint: 'Det finns ingen kontrollpunkt ännu. Hämta utdraget igen om en liten stund.',
  forStaff: 'Fylls i av den som lämnar ut utdraget',
  secrecyTested: 'Sekretessen prövad för den som får det',
  givenBy: 'Lämnat av, datum',
};
