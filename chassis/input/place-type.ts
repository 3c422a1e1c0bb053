import { registerEnumType } from 'type-graphql';

/** The kind of a place, never the place itself. */
export enum PlaceType {
  HOME = 'HOME',
  SCHOOL = 'SCHOOL',
  STREET = 'STREET',
  SHOPPING_CENTRE = 'SHOPPING_CENTRE',
  STATION = 'STATION',
  LEISURE_FACILITY = 'LEISURE_FACILITY',
  ONLINE = 'ONLINE',
  OTHER = 'OTHER',
}

registerEnumType(PlaceType, {
  name: 'PlaceType',
  description: 'The kind of a place (platstyp), never the place itself.',
  valuesConfig: {
    HOME: { description: 'A home (bostad).' },
    SCHOOL: { description: 'A school or its yard (skola).' },
    STREET: { description: 'A street, square or park (gata, torg, park).' },
    SHOPPING_CENTRE: { description: 'A shopping centre (köpcentrum).' },
    STATION: { description: 'A station or public transport (station, kollektivtrafik).' },
    LEISURE_FACILITY: { description: 'A youth centre or sports facility (fritidsgård, idrottsanläggning).' },
    ONLINE: { description: 'On the internet (nätet).' },
    OTHER: { description: 'Another kind of place.' },
  },
});
