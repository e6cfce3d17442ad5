/** Rows that are valid by default: a test overrides what it is about. */
export { NOW } from './insert.ts';
export { aMunicipality, aStructure, aTerritory, theTerritory } from './territories.ts';
export { aCoordinator, aFollowUp, aPerson, aReferent } from './people.ts';
export { aNeed, aRequest } from './requests.ts';
export { aPathway, aStep } from './pathway.ts';
export { anAppointment } from './appointments.ts';
export { actorOf } from './offices.ts';
export { aPaper } from './papers.ts';
