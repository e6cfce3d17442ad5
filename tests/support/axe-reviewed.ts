/**
 * What axe cannot decide by itself (its « incomplete » results) and somebody looked at: the rule, where, and what was seen there. One
 * that is not here fails as a broken rule does, until it is looked at. A rule that is broken fails here too.
 */
export const REVIEWED: { rule: string; where: string; seen: string }[] = [
	{
		rule: 'color-contrast',
		where: '#phone-note > span',
		seen: 'Ink on a ground of its own, which is opaque (tokens.test.ts), whatever part of the page each of its lines stands over.',
	},
	{
		rule: 'frame-tested',
		where: 'iframe[sandbox]',
		seen: 'A paper, in a reader of the browser: no page of ours.',
	},
];
