import type { ConsentFormTexts } from './texts.ts';

const KEPT =
  'Varje gång någon läser uppgifterna antecknas det, och du kan få veta vem som har läst. Samtycket ändrar inget av det som myndigheter måste göra enligt lag, till exempel att anmäla oro för ett barn.';

/** The consent form in Swedish. */
export const sv: ConsentFormTexts = {
  title: 'Samtycke till att dela uppgifter',
  reference: (reference, version) => `Blankett ${reference}, version ${version}`,
  guardian: {
    audience: 'Till dig som är vårdnadshavare',
    number: (number) => `Vårdnadshavare ${number}`,
    introduction:
      'Flera myndigheter och verksamheter vill hjälpas åt för att stödja ditt barn. De får bara berätta för varandra om barnet om du säger ja. Det är frivilligt. Du kan säga nej, och du behöver inte förklara varför. Samtycket börjar gälla först när alla som behöver säga ja har gjort det.',
    withdrawing:
      'Du kan ta tillbaka ditt ja när du vill, helt eller till en del. Säg, ring eller skriv till någon som arbetar i gruppen, så antecknas det direkt. Sedan delas inget mer. Du behöver ingen blankett och behöver inte säga varför. Ditt nej gäller även om andra har sagt ja.',
    goodToKnow: KEPT,
  },
  youth: {
    audience: 'Till dig som samtycket handlar om',
    introduction:
      'Flera myndigheter och verksamheter vill hjälpas åt för att stödja dig. De får bara berätta för varandra om dig om du säger ja. Det är frivilligt. Du kan säga nej, och du behöver inte förklara varför. Samtycket börjar gälla först när alla som behöver säga ja har gjort det.',
    withdrawing:
      'Du kan ta tillbaka ditt ja när du vill, helt eller till en del. Säg, ring eller skriv till någon som arbetar i gruppen, så antecknas det direkt. Sedan delas inget mer. Du behöver ingen blankett och behöver inte säga varför. Ditt nej gäller även om andra har sagt ja.',
    goodToKnow: KEPT,
  },
  child: {
    audience: 'Till dig som samtycket handlar om',
    introduction:
      'Flera vuxna på olika ställen vill hjälpas åt för att stödja dig. Här står vad de vill berätta för varandra om dig. Det är frivilligt. Vi vill veta vad du tycker. Du kan skriva själv, rita eller be någon skriva åt dig.',
    ownView: 'Så här tycker jag',
    needNotSign: 'Du är under 15 år. Därför behöver du inte skriva under, men det du tycker är viktigt.',
    mustSign:
      'Du är under 15 år. Uppgifter som är märkta med * delas bara om du själv också säger ja och skriver under.',
    withdrawing:
      'Du får säga nej när du vill, till allt eller till en del. Säg det till någon av de vuxna som arbetar med dig, så antecknas det direkt. Sedan delas inget mer. Du behöver inte säga varför.',
    goodToKnow: KEPT,
  },
  theYouth: 'Den unga',
  purpose: 'Varför uppgifterna behövs',
  sharing: 'Vad som delas, och med vem',
  source: 'Uppgifter från',
  kinds: 'Vilka uppgifter',
  recipients: 'Får läsas av',
  dated: (from, until) => {
    if (from !== null && until !== null) return `Bara uppgifter från och med ${from} till och med ${until}.`;
    return from === null ? `Bara uppgifter till och med ${until}.` : `Bara uppgifter från och med ${from}.`;
  },
  youthSigns: '* Delas bara om den unga själv har skrivit under.',
  period: 'Hur länge samtycket gäller',
  lasts: (from, until, time) =>
    `Från och med ${from} till ${time === null ? `och med ${until}` : `den ${until} klockan ${time}`}. Sedan upphör det av sig självt.`,
  present: (until, time) =>
    `Det nuvarande samtycket gäller till ${time === null ? `och med ${until}` : `den ${until} klockan ${time}`}.`,
  read: (from, sources) =>
    `Uppgifterna delas tidigast från och med ${from}, och först när myndigheten som de kommer från har bekräftat den undertecknade blanketten: ${sources}.`,
  until18: 'Det som skrivs under före 18-årsdagen gäller längst till den dagen.',
  informed: 'Information före underskriften',
  told: (language, interpreter) => `Språk: ${language}. ${interpreter ? 'Med tolk.' : 'Utan tolk.'}`,
  changeOfMind: 'Du kan ändra dig',
  contact: 'Din kontakt i gruppen',
  phone: 'Telefon',
  answer: 'Ditt svar',
  yes: 'Ja, uppgifterna får delas så som det står här.',
  partly: 'Ja, men det här får inte delas:',
  no: 'Nej, uppgifterna får inte delas.',
  capacity: 'Jag skriver under som',
  capacities: ['vårdnadshavare', 'särskilt förordnad vårdnadshavare', 'god man'],
  signature: 'Underskrift',
  date: 'Datum',
  name: 'Namn',
  identityNumber: 'Personnummer',
  forStaff: 'Fylls i av den som tar emot blanketten',
  identityChecked: 'Legitimation kontrollerad',
  receivedBy: 'Mottagen av, datum',
  noGuardian: {
    title: 'Vårdnaden är inte registrerad',
    text: 'Den unga är under 18 år, och ingen vårdnadshavare som ska skriva under är registrerad. Registrera vem som har vårdnaden och hämta blanketten igen.',
  },
  ended: {
    title: 'Den här versionen ska inte skrivas under',
    text: 'Den har upphört eller ersatts. Föreslå en ny version av samtycket och skriv ut blanketten för den.',
  },
  ending: {
    title: 'Samtycket håller på att ändras',
    text: 'En ändring registreras just nu. Försök igen om en liten stund.',
  },
};
