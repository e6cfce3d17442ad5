import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { startPortal, type Portal } from './portal.ts';

/** Ids of all that a person's file holds. */
export interface FileIds {
	account: string;
	person: string;
	reference: string;
	need: string;
	stage: string;
	step: string;
	goal: string;
	/** A meeting to come about A, to which the decider is invited. */
	group: string;
	appointment: string;
	invited: string;
	workshop: string;
	slot: string;
	aid: string;
	aidReference: string;
	rating: string;
	batch: string;
	device: string;
	endpoint: string;
	link: string;
	paper: string;
	paperPage: string;
}

export const ACTORS = [
	/** Not signed in. */
	'visitor',
	/** Person A. */
	'person',
	/** Person B, of the same territory. */
	'other',
	/** Lead referent of A. */
	'lead',
	/** Second referent of A. */
	'second',
	/** Invited to A's follow-up for mobility alone. */
	'member',
	/** Was invited for housing; that is over. */
	'endedMember',
	/** Follows nobody; opened A's file with a reason, this very hour. */
	'opener',
	/** Lead referent of B, in the structure of A's. */
	'colleague',
	/** Referent where childcare aids of the territory are decided; follows nobody. */
	'decider',
	/** Referent of another territory. */
	'stranger',
	'coordinator',
	/** Coordinator of another territory. */
	'farCoordinator',
	/** Invited to A's follow-up for all themes; the account is disabled. */
	'disabled',
	/** A's own session, 31 days ago. */
	'ended',
	/** The other parent of somebody else. */
	'coparent',
] as const;
export type ActorName = (typeof ACTORS)[number];

export interface World {
	/** Instant at which it was made: all in it counts from there. */
	madeAt: number;
	a: FileIds;
	b: FileIds;
	/** Tokens of cookies. */
	sessions: Record<Exclude<ActorName, 'visitor'>, string>;
	/** Session of a person who has asked for nothing yet. */
	newcomer: string;
	/** Token of an invitation that was not used. */
	invitation: string;
	structure: string;
	/** Of A's territory, written and not published. */
	improvement: string;
	/** Of A's territory: what its coordinator builds, reads and answers; the link opens a question asked to B. */
	evaluated: Record<'ratingLink' | 'callback' | 'comment' | 'panelQuestion' | 'questionnaire', string>;
	/** A template of messages of A's territory, written by somebody else than its coordinator. */
	template: string;
	accounts: { lead: string; colleague: string; coordinator: string };
	contacts: { person: string; lead: string; colleague: string };
}

/** What A's texts begin with, and what they end with: names are known to the coordinator too, the rest is not. */
export const MARK = 'zzqalix';
export const NAMES = [`${MARK}firstname`, `${MARK}lastname`];

/** What who decides on A's aid knows besides: how to reach her, and what was said of the aid. */
export const OF_AID = [...NAMES, MARK, `${MARK}aidnote`];

/** What a member for mobility knows besides who it is: what is of that theme. */
export const OF_MOBILITY = [...NAMES, MARK, `${MARK}mobility`, `${MARK}mobilitynote`, `${MARK}mobilitypoint`];

/** What the first page of A's file says: who opened it with a reason reads no more. */
export const OF_FIRST_PAGE = [...NAMES, MARK, `${MARK}mobility`, `${MARK}step`, `${MARK}place`];

/** Marks of A in a text, whatever the case: names are written in capitals in places. */
export const marksIn = (text: string): string[] => [
	...new Set([...text.toLowerCase().matchAll(/zzqalix[a-z0-9]*/g)].map(([found]) => found)),
];

const MADE = path.resolve('test-results', 'world');

/** Once for all the tests of a run, at its beginning. */
export function makeWorld(): void {
	rmSync(MADE, { recursive: true, force: true });
	mkdirSync(MADE, { recursive: true });
	const made = spawnSync(process.execPath, ['--import', 'tsx', 'tests/support/world-data.ts'], {
		encoding: 'utf8',
		env: { ...process.env, DEMO: '1', DATA_DIR: MADE },
	});
	if (made.status !== 0) throw new Error(`the world could not be made:\n${made.stderr}`);
}

/**
 * A portal on its own copy of the small world, at the moment this was made, however long ago the run began: its professionals are signed
 * in for half an hour, and who opened a file may read it for one. The address of each request is said by `x-test-address` (limits are
 * per address).
 */
export async function startWorld(env: Record<string, string> = {}): Promise<{ portal: Portal; world: World }> {
	const world = JSON.parse(readFileSync(path.join(MADE, 'world.json'), 'utf8')) as World;
	const clock = new Date(world.madeAt);
	const portal = await startPortal({ from: MADE, clock, env: { ADDRESS_HEADER: 'x-test-address', ...env } });
	return { portal, world };
}
