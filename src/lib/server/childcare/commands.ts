// One place to import commands of this domain from.
export { changeAidStatus, recordAidOpening, type AidChange, type Changed } from './deciding.ts';
export type { Actor, AidRow } from './moving.ts';
export { deciderFor, findOpenAid, openAid } from './opening.ts';
export { noteElsewhere, openElsewhere } from './elsewhere.ts';
export { declarePaper, paperArrived, sendDraftOf, submitAid, withdrawAid } from './own.ts';
