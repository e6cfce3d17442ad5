import { plainWords, searchable } from '../../shared/search.ts';

/** Shorter fragments of a number would find everybody. */
const SHORTEST_FRAGMENT = 3;
const MAX_TERMS = 5;
const MAX_TERM_LENGTH = 40;

/** Family name first: how professionals file people, and the order of every list. */
export const searchNameOf = (person: { firstName: string; lastName: string }): string =>
	searchable(`${person.lastName} ${person.firstName}`);

/** Digits as dialled in France: `+33 6 39…` and `0033639…` are `0639…`. */
const nationalDigits = (phone: string): string =>
	phone
		.replace(/[^\d+]/g, '')
		// Long enough to be a number: « 0033 » alone may be the end of one.
		.replace(/^(\+|00)(33|262|508|590|594|596)(?=\d{4})/, '0')
		.replace(/\D/g, '');

/** « N’Diaye » is one word, however it is written. */
const APOSTROPHE = /(?<=\p{L})['’ʼ´`](?=\p{L})/gu;
const inOneWord = (text: string) => oneWord(searchable(text));

/** « Le Goff », « Legoff », « Le-Goff », and family and first name changed places: one key for all, which no search begins with. */
export const wholeNameKey = ({ firstName, lastName }: { firstName: string; lastName: string }): string =>
	`=${[inOneWord(firstName), inOneWord(lastName)].sort().join('+').slice(0, 200)}`;

/** Words before a name that as often make one with it: « Le Goff » and « Legoff », « Ben Ali » and « Benali ». */
const PARTICLES = new Set(
	'abd abdel abou abu ait al ben bel bou d da de del della den der des di do dos du el l la las le les lo los m mac mc n o ould saint sainte san santa van von'.split(
		' ',
	),
);

/** Each particle with what follows it: `le goff`, `jean`. */
function withParticles(words: string[]): string[] {
	const names: string[] = [];
	let particles: string[] = [];
	for (const word of words) {
		particles.push(word);
		if (PARTICLES.has(word)) continue;
		names.push(particles.join(' '));
		particles = [];
	}
	return particles.length > 0 ? [...names, particles.join(' ')] : names;
}
const oneWord = (name: string) => name.replaceAll(' ', '');

/** « Garcia de la Torre »: « delatorre », « latorre ». */
const joinedInside = (name: string): string[] => {
	const words = searchable(name).split(' ');
	return words.flatMap((word, at) => (PARTICLES.has(word) ? [oneWord(withParticles(words.slice(at))[0]!)] : []));
};

/**
 * What finds a person: each word of the name, family and first name in one word each, a particle with what follows it, each ending of
 * the phone number; and what tells the same name written otherwise. Changed, `SEARCH_KEYS_VERSION` says so: those who are there already get theirs (search-upkeep.ts).
 */
export function searchKeys(person: { firstName: string; lastName: string; phone: string | null }): string[] {
	const { firstName, lastName } = person;
	const keys = [searchNameOf(person), searchable(`${lastName} ${firstName}`.replace(APOSTROPHE, ''))]
		.flatMap((name) => name.split(' '))
		.concat(inOneWord(lastName), inOneWord(firstName), joinedInside(lastName), joinedInside(firstName))
		.filter(Boolean);
	// Two names of signs alone are not the same name.
	const whole = keys.length > 0 ? [wholeNameKey(person)] : [];
	const digits = person.phone ? nationalDigits(person.phone) : '';
	for (let start = 0; digits.length - start >= SHORTEST_FRAGMENT; start++) keys.push(digits.slice(start));
	return [...new Set(keys.map((key) => key.slice(0, MAX_TERM_LENGTH))), ...whole];
}
export const SEARCH_KEYS_VERSION = '3';

/**
 * What was typed, as beginnings of search keys: words in any order, accents and case ignored; « 06 39 98 » is one fragment
 * of a number, « N’Diaye » one word. Empty when there is nothing to look for.
 */
export const searchTerms = (typed: string): string[] => asTerms(wordsTyped(typed));

/**
 * The ways in which what was typed may be filed: as it is, and with particles in one word with what follows (« le goff » finds « Legoff »),
 * which comes first: it finds those written apart as well. None when there is nothing to look for.
 */
export function searchWays(typed: string): SearchWay[] {
	const words = wordsTyped(typed);
	const names = withParticles(words);
	const ways = names.length < words.length ? [names, words] : [words];
	return ways
		.map((names) => ({ terms: asTerms(names.map(oneWord)), names: names.slice(0, MAX_TERMS) }))
		.filter(({ terms }) => terms.length > 0);
}

export interface SearchWay {
	/** Beginnings of search keys. */
	terms: string[];
	/** The same words as lists are in their order: `le goff` of the term `legoff`. */
	names: string[];
}

const asTerms = (words: string[]): string[] =>
	[...new Set(words.map((word) => word.slice(0, MAX_TERM_LENGTH)))].slice(0, MAX_TERMS);

function wordsTyped(typed: string): string[] {
	const plain = typed
		.slice(0, 200)
		.replace(APOSTROPHE, '')
		.replace(/\+?\d[\d .\-/]*\d/g, (digits) => nationalDigits(digits))
		.replace(/[{}]/g, ' ');
	const words = searchable(plain).split(' ').filter(Boolean);
	return words.filter((word) => !/^\d+$/.test(word) || word.length >= SHORTEST_FRAGMENT);
}

/** Completed years on a day, or null when the year itself is unknown. Only the year known: the age reached that year. */
export function ageOn(birthDate: string | null, day: string): number | null {
	const [year, monthDay] = [Number(birthDate?.slice(0, 4)), birthDate?.slice(5)];
	if (!birthDate || !year) return null;
	const before = monthDay !== '00-00' && monthDay! > day.slice(5);
	return Number(day.slice(0, 4)) - year - (before ? 1 : 0);
}

/** A file without contact for two years leaves the pages (domain.md §7.1); the longest two years there are. */
export const RETENTION_MS = 731 * 86_400_000;
/** What is kept of it afterwards, out of reach, is destroyed two years later. */
export const ARCHIVE_MS = RETENTION_MS;

/** What a person's file shows to a professional, from the most to the least. `exceptional`: opened for an hour, with a reason. */
export type Access = 'lead' | 'second' | 'member' | 'exceptional' | 'coordinator';

/** Lead and second decide with the person. */
export const leads = (access: Access): boolean => access === 'lead' || access === 'second';
/** Part of the follow-up. */
export const follows = (access: Access): boolean => leads(access) || access === 'member';

export interface Membership {
	part: 'lead' | 'second' | 'member';
	themes: string[] | null;
}

/**
 * Who may see a file (domain.md §7.2): an open follow-up says how much; a stated reason shows all of its first page, for an
 * hour; the coordinator of the same territory sees who it is and the delays; anybody else sees nothing, not even that it exists.
 */
export function accessTo(
	person: { territoryId: string },
	viewer: { role: string; territoryId: string | null },
	membership: Membership | undefined,
	opening?: { endsAt: Date },
): { access: Access; themes: string[] | null; until: Date | null } | null {
	const sameTerritory = viewer.territoryId === person.territoryId;
	const professional = viewer.role === 'referent' || viewer.role === 'coordinator';
	if (!professional || !sameTerritory) return null;
	if (membership) {
		const { part, themes } = membership;
		return { access: part, themes: part === 'member' ? (themes ?? []) : null, until: null };
	}
	if (opening) return { access: 'exceptional', themes: null, until: opening.endsAt };
	return viewer.role === 'coordinator' ? { access: 'coordinator', themes: [], until: null } : null;
}

/** Whether this access shows a need, a goal or a step of that theme. `themes` null: all of them. */
export const seesTheme = (themes: string[] | null, theme: string | null): boolean =>
	themes === null || (theme !== null && themes.includes(theme));

/** Same names, in any order or cut into words otherwise (« Le Goff », « Legoff »). */
export const sameNames = (a: string, b: string): boolean =>
	plainWords(a).split(' ').sort().join(' ') === plainWords(b).split(' ').sort().join(' ') ||
	inOneWord(a) === inOneWord(b);

/**
 * Whether « j’attends toujours » still stands: one of the delays that are passed was so when the person said it. `saidOn` and the
 * targets are days of the territory. One passed since may be said anew.
 */
export const stillWaits = (saidOn: string | null, late: { targetOn: string }[]): boolean =>
	saidOn !== null && late.some(({ targetOn }) => targetOn < saidOn);
