import { Linter } from 'eslint';

/**
 * What a Chrome 100 (March 2022, the last of many old Android phones) does not understand, in what the build ships. Scripts:
 * the syntax of ES2022 at most, and no later function without a way round; styles: nothing that would take away more than
 * its own line.
 */

/** Came with Chrome 101 or later; what is called with `?.()` is allowed to be absent. */
const LATER_FUNCTIONS =
	'canParse|withResolvers|groupBy|fromAsync|toSorted|toSpliced|toReversed|isWellFormed|toWellFormed|checkVisibility|showPopover|hidePopover|togglePopover|startViewTransition|setHTMLUnsafe|parseHTMLUnsafe|moveBefore|requestClose|isSubsetOf|isSupersetOf|isDisjointFrom|symmetricDifference|getSetCookie|caretPositionFromPoint|toBase64|fromBase64|fetchLater|inert';
const LATER_OF: [owner: string, functions: string][] = [
	['AbortSignal', 'any|timeout'],
	['Response', 'json'],
	['URL', 'parse'],
	['Promise', 'try'],
	['RegExp', 'escape'],
	['Iterator', 'from'],
	['scheduler', 'yield'],
	['Intl', 'DurationFormat'],
];
const LATER_EVENTS = 'scrollend|beforetoggle|pagereveal|pageswap|scrollsnapchange';
const LATER_GLOBALS = ['CloseWatcher', 'Sanitizer', 'navigation', 'Float16Array', 'Iterator', 'Temporal', 'fetchLater'];

const NOT_OPTIONAL = ':not(CallExpression[optional=true] > MemberExpression)';
const RESTRICTED = [
	`MemberExpression[property.name=/^(${LATER_FUNCTIONS})$/]${NOT_OPTIONAL}`,
	...LATER_OF.map(
		([owner, names]) => `MemberExpression[object.name="${owner}"][property.name=/^(${names})$/]${NOT_OPTIONAL}`,
	),
	`CallExpression:matches([callee.name="addEventListener"], [callee.property.name="addEventListener"]) > Literal[value=/^(${LATER_EVENTS})$/]`,
];

export function scriptProblems(code: string, { isModule }: { isModule: boolean }): string[] {
	const found = new Linter().verify(code, {
		linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'off' },
		languageOptions: { ecmaVersion: 2022, sourceType: isModule ? 'module' : 'script' },
		rules: {
			'no-restricted-syntax': [
				'error',
				...RESTRICTED.map((selector) => ({ selector, message: 'came after Chrome 100' })),
			],
			'no-restricted-globals': ['error', ...LATER_GLOBALS],
		},
	});
	return found.map(({ message, line, column }) => {
		const context = (code.split('\n')[line - 1] ?? '').slice(Math.max(0, column - 30), column + 30);
		return `${message}: …${context}…`;
	});
}

/** Understood, or ignored without harm, by a browser that does not know them. */
const AT_RULES = new Set(['media', 'supports', 'layer', 'keyframes', 'font-face', 'page', 'property', 'charset']);
/** Drops the whole rule. */
const LATER_SELECTORS =
	/:has\(|:dir\(|:user-(?:in)?valid|:popover-open|:modal|:open\b|:state\(|::highlight|::details-content|:nth-(?:last-)?child\([^)]* of |&/;
/** `(width >= 40rem)`: the whole block is dropped. */
const RANGE = /[<>]/;
const LATER_VALUES =
	/color-mix\(|\bokl(?:ab|ch)\(|\bl(?:ab|ch)\(|\bhwb\(|\bcolor\(|light-dark\(|\((?:from) |\d(?:[dsl]v(?:[hwbi]|min|max)|r?lh|rcap|cq\w+)\b|\blinear\(|(?<!-webkit-)image-set\(|\b(?:round|mod|rem|sin|cos|tan|pow|sqrt|hypot|abs|sign|calc-size|anchor)\(|\bif\(/;
/** Ignored: the page then looks a little different, nothing is lost. */
const HARMLESS = new Set(['text-wrap', 'scrollbar-width', 'scrollbar-color', 'hyphenate-limit-chars', 'field-sizing']);
const LATER_PROPERTIES =
	/^(?:translate|rotate|scale|mask(?:-[a-z]+)?|container(?:-\w+)?|text-wrap|field-sizing|scrollbar-(?:width|color)|overflow-(?:block|inline)|print-color-adjust|view-transition-name|animation-timeline|interpolate-size|position-(?:anchor|area)|line-clamp|initial-letter|hyphenate-limit-chars|white-space-collapse)$/;
const LATER_KEYWORDS: Record<string, RegExp> = {
	float: /^inline-/,
	clear: /^inline-/,
	resize: /^(?:inline|block)$/,
	'grid-template-columns': /subgrid/,
	'grid-template-rows': /subgrid/,
	'text-align': /^match-parent/,
};

interface Block {
	prelude: string;
	text: string;
	parents: string[];
}

export function styleProblems(css: string): string[] {
	return blocksOf(css.replace(/\/\*[^]*?\*\//g, '')).flatMap((block) => problemsOf(block));
}

/** Each `{ … }`, with what stands before it and around it; text in quotes counts for nothing. */
function blocksOf(css: string): Block[] {
	const found: Block[] = [];
	const open: Block[] = [];
	let text = '';
	for (const part of css.replace(/"[^"]*"|'[^']*'/g, '""').split(/([{};])/)) {
		if (part === '{') {
			open.push({ prelude: text.trim(), text: '', parents: open.map(({ prelude }) => prelude) });
			text = '';
		} else if (part === '}') {
			const block = open.pop()!;
			block.text += text;
			text = '';
			found.push(block);
		} else if (part === ';') {
			const block = open.at(-1);
			if (block) block.text += `${text};`;
			text = '';
		} else text = part;
	}
	return found;
}

function problemsOf({ prelude, text, parents }: Block): string[] {
	const problems: string[] = [];
	// Said to be understood: an old browser leaves the block.
	if ([...parents, prelude].some((one) => one.startsWith('@supports'))) return [];
	const [, name] = /^@(?:-webkit-)?([\w-]+)/.exec(prelude) ?? [];
	if (name && !AT_RULES.has(name)) problems.push(`@${name}`);
	if (name === 'media' && RANGE.test(prelude)) problems.push(`range in ${prelude}`);
	if (!name && LATER_SELECTORS.test(prelude)) problems.push(`selector ${prelude}`);
	if (!name && parents.some((one) => !one.startsWith('@'))) problems.push(`nested ${prelude}`);
	const known = new Set<string>();
	for (const declaration of text.split(';')) {
		const [, property = '', value = ''] = /^\s*([\w-]+)\s*:\s*([^]*)$/.exec(declaration) ?? [];
		if (property.startsWith('--') || !property) continue;
		const isLater =
			LATER_VALUES.test(value) || LATER_PROPERTIES.test(property) || LATER_KEYWORDS[property]?.test(value.trim());
		if (!isLater) known.add(property.replace('-webkit-', ''));
		// The line before it is what an old browser keeps.
		else if (!known.has(property) && !HARMLESS.has(property)) problems.push(`${property}: ${value} in ${prelude}`);
	}
	return problems;
}
