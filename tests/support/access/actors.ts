import type { Row } from '../access-row.ts';
import { ACTORS } from '../world.ts';

/** Who may: the sets of actors that most rows of the table name (world.ts). */
export const ALL = ACTORS;
export const PEOPLE = ['person', 'other'] as const;
export const STAFF = [
	'lead',
	'second',
	'member',
	'endedMember',
	'opener',
	'colleague',
	'decider',
	'stranger',
	'coordinator',
	'farCoordinator',
] as const;
export const COORDINATORS = ['coordinator', 'farCoordinator'] as const;
export const A = ['person'] as const;
/** Who invites to A's follow-up. */
export const LEAD = ['lead'] as const;
export const PAIR = ['lead', 'second'] as const;
export const FOLLOW_A = [...PAIR, 'member'] as const;
export const KNOW_A = [...FOLLOW_A, 'opener', 'coordinator'] as const;
/** Professionals of the territory, whoever they follow. */
export const NEAR = [...FOLLOW_A, 'endedMember', 'opener', 'colleague', 'decider', 'coordinator'] as const;
export const NOBODY = [] as const;

export const open: Row = { for: ALL };
export const ofPeople: Row = { for: PEOPLE };
export const ofStaff: Row = { for: STAFF };
export const ofCoordinators: Row = { for: COORDINATORS };
/** Kit gives a page's action the status of its page; a question page without a draft leads to the first. */
export const question: Row = { ...open, ok: [200, 303], actions: { default: {} } };
export const forScripts: Pick<Row, 'visitor' | 'refused'> = { visitor: 401, refused: 403 };

export const BOOKING = {
	type: 'follow_up',
	mode: 'on_site',
	durationMinutes: '60',
	origin: 'invitation',
	placeName: 'Mairie',
};
