import type { Coverage } from './maker.ts';
import type { ReportTexts } from './texts.ts';

const COVERED: Readonly<Record<Coverage, (agency: string) => string>> = {
  ALL: () => 'Det gäller läsningar i alla myndigheter och verksamheter.',
  LEAD: (agency) =>
    `Det gäller när en myndighet eller verksamhet har läst uppgifter från en annan, och när ${agency} har läst sina egna uppgifter. Hur de andra har läst sina egna uppgifter får du veta av dem.`,
  OWN: (agency) =>
    `Det gäller bara det som ${agency} har läst, och när andra har läst uppgifter därifrån. Resten får du veta av den som samordnar gruppen.`,
};
const LIST = new Intl.ListFormat('sv', { type: 'conjunction' });

/** The extract in Swedish. */
export const sv: ReportTexts = {
  roles: { COORDINATOR: 'samordnare', MENTOR: 'lots', CASEWORKER: 'handläggare', SYSTEM: 'datasystem' },
  rolesOf: (roles) => LIST.format(roles),
  throughSystem: (who) => `${who}, genom ett datasystem`,
  whereabouts: (information) => `${information} (det som visar var den unga finns)`,
  consent: (version, programme) => `Samtycke, version ${version} (${programme})`,
  own: 'Egna uppgifter, utan samtycke',
  shown: { RELEASED: 'Visades', POSSIBLE: 'Kan ha visats' },
  notes: (coverage, agency) => [
    'Här står vem som har fått läsa uppgifter om den unga i Samsyn, när det var, vilken sorts uppgifter det var och varför det var tillåtet. Vad personalen heter står inte.',
    COVERED[coverage](agency),
    'Att en sorts uppgifter står här betyder inte att det fanns några sådana uppgifter.',
    '”Kan ha visats” betyder att det inte är säkert att uppgifterna kom fram.',
    '”Egna uppgifter” betyder att någon läste det som den egna myndigheten har antecknat. Det behövs inget samtycke för det.',
    'Försök som stoppades står inte här, för då visades ingenting. Granskare går igenom dem.',
    'Här står inte heller vem som har läst det som Samsyn håller reda på: vilka som är med i gruppen och vad samtycket säger.',
    'Utdraget kan sakna läsningar som enligt lag inte får berättas, och sådana som är så gamla att de har tagits bort.',
    'Tror du att någon har läst utan att ha rätt till det? Säg det till den som gav dig utdraget. Du kan också klaga hos Integritetsskyddsmyndigheten (IMY).',
  ],
  verification:
    'Varje läsning har ett nummer i loggen. Numren räknar allt som står i loggen, om alla som den handlar om. Loggen är förseglad: ingen kan ändra eller ta bort något utan att det märks. En granskare kan ta fram beviset för ett nummer (inclusionProof, eller npm run audit) och hålla det mot kontrollpunkten här.',
};
