import type { ActorName } from './world.ts';

type Actors = readonly ActorName[];

export interface Posted {
	/** Who may; the page's own actors when absent. */
	for?: Actors;
	/** `{step}` and the like are ids of person A's file. */
	form?: Record<string, string | string[]>;
	json?: unknown;
	/** What those who may are answered, besides a form that is refused. */
	ok?: number[];
	/** Instead of 404, for those signed in as somebody else: they are told on the page they are led to. */
	refused?: number;
	/** Ends the session it is sent with, or opens another. */
	endsSession?: true;
}

export interface Row {
	/** Whose the page is. Everybody else: no such page, or the page to sign in. */
	for: Actors;
	/** Address with ids of A's file, when it has parameters. */
	at?: string;
	/** Instead of 200. */
	ok?: number[];
	/** What those who are not signed in are answered: a script cannot follow a redirection to a page. */
	visitor?: number;
	/** Instead of 404, for those signed in as somebody else. */
	refused?: number;
	/** Shows what was sent to everybody: a demo only. */
	showsAll?: true;
	/** Called by machines that send no Origin and prove themselves otherwise. */
	byMachines?: true;
	actions?: Record<string, Posted>;
	methods?: Record<string, Posted>;
}
