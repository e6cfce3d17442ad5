/**
 * What axe cannot decide by itself (its « incomplete » results) and somebody looked at: the rule, where, and what was seen there. One
 * that is not here fails as a broken rule does, until it is looked at. A rule that is broken fails here too.
 */
export const REVIEWED: { rule: string; where: string; seen: string }[] = [
	{
		rule: 'color-contrast',
		where:
			':is(p, li, dd):is(:has(a), :has(+ * a), :has(a) + *), :is(p, li, dd):is(:has(a), :has(+ * a), :has(a) + *) > bdi',
		seen: 'What a link is higher than its line, for the thumb (`main a` in base.css), stands over the lines around it, and is clear.',
	},
	{
		rule: 'frame-tested',
		where: 'iframe[sandbox]',
		seen: 'A paper, in a reader of the browser: no page of ours.',
	},
];
