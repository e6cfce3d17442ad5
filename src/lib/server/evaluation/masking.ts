import { ORDINARY } from './ordinary-words.ts';

export const MASK = '▒▒▒';

const LETTER = String.raw`[\p{L}\p{M}]`;
const AFRESH = `(?<!${LETTER})`;
const ENDED = `(?!${LETTER})`;
const SPACE = String.raw`[ \t\u00a0\u202f]+`;

/** As written in French, English and Ukrainian; Arabic sentences are covered whole. */
const MONTH = [
	'janv(?:ier)?|f[ée]v(?:r(?:ier)?)?|mars|avr(?:il)?|mai|juin|juil(?:let)?|ao[uû]t|sept(?:embre)?|oct(?:obre)?|nov(?:embre)?|d[ée]c(?:embre)?',
	'jan(?:uary)?|feb(?:ruary)?|march|apr(?:il)?|may|june?|july?|aug(?:ust)?|september|october|november|dec(?:ember)?',
	'січ(?:ня|ень)|лют(?:ого|ий)|берез(?:ня|ень)|квіт(?:ня|ень)|трав(?:ня|ень)|черв(?:ня|ень)|лип(?:ня|ень)|серп(?:ня|ень)|верес(?:ня|ень)|жовт(?:ня|ень)|листопада?|груд(?:ня|ень)',
].join('|');
const NTH = '(?:er|st|nd|rd|th)?';

const CONTACTS_AND_DAYS = [
	/\S+@\S+\.\S+/gu,
	/\+?\p{Nd}(?:[\s.-]?\p{Nd}){5,}/gu,
	/(?<!\d)\d{1,2}[/.]\d{1,2}(?:[/.]\d{2,4})?(?!\d)/gu,
	new RegExp(String.raw`(?<!\d)\d{1,2}${NTH}${SPACE}(?:${MONTH})${ENDED}\.?(?:${SPACE}\d{4})?`, 'giu'),
	new RegExp(String.raw`${AFRESH}(?:${MONTH})${SPACE}\d{1,2}${NTH}(?!\d)(?:,?${SPACE}\d{4})?`, 'giu'),
];

/** A script that has no capitals (Arabic…) shows no name: the whole sentence may be one. « nº » is no such letter. */
const NO_CAPITALS = /[^.!?؟…\n]*(?![ªº])\p{Lo}[^.!?؟…\n]*/gu;

const CAPITALISED = String.raw`\p{Lu}${LETTER}*(?:-${LETTER}+)*(?:[’']\p{Ll}${LETTER}*)*`;
const PARTICLES = `(?:(?:de|du|des|la|le|ben|el|al|van|von|da|dos)${SPACE})*`;
const RUN = `${CAPITALISED}(?:${SPACE}${PARTICLES}${CAPITALISED})*`;
const TITLE = String.raw`(?:m|mm|mr|mme|mmes|mlle|madame|mesdames|monsieur|mademoiselle|dr|docteure?|mrs|ms|miss|пан|пані)\.?`;
const CALLED = String.raw`(?:[ms][’']appell?e|appelée?|(?:pré)?nom${SPACE}(?:est|:)|name${SPACE}is|звати)`;
/** After a title, whatever its case, or « je m’appelle », the name may be in small letters: one word, or two. */
const ANY_CASE = `${PARTICLES}${LETTER}+(?:-${LETTER}+)*(?:${SPACE}${LETTER}+(?:-${LETTER}+)*)?`;

const AFTER_TITLE = new RegExp(`${AFRESH}(${TITLE}${SPACE})(${ANY_CASE})`, 'giu');
const AFTER_CALLED = new RegExp(`${AFRESH}(${CALLED}${SPACE})(${ANY_CASE})`, 'giu');
const WITH_CAPITALS = new RegExp(String.raw`${AFRESH}(?:France${SPACE}Travail|${RUN})`, 'gu');
const PIECES = /(\s+)/u;

const isCapital = (letter: string) => letter !== letter.toLowerCase();
/** Whether it is a word of the language, or a letter alone: « J », « L » before an apostrophe. */
function isOrdinary(word: string): boolean {
	const [first = ''] = word.split(/[’'-]/u);
	const simple = (text: string) => text.toLowerCase().replaceAll('’', "'");
	if (ORDINARY.has(simple(word))) return true;
	const others = word.slice(first.length + 1);
	return ([...first].length === 1 || ORDINARY.has(simple(first))) && (others === '' || !isCapital(others[0]!));
}

/** « MERCI SOPHIE MARTIN » → « MERCI ▒▒▒ »: from the first word that is not one of the language, the rest may be a name. */
function coverCapitals(run: string): string {
	if (/^France\s+Travail$/iu.test(run)) return run;
	const pieces = run.split(PIECES);
	const name = pieces.findIndex((piece, at) => at % 2 === 0 && !isOrdinary(piece));
	return name === -1 ? run : pieces.slice(0, name).join('') + MASK;
}

/** A name in small letters is one or two words that are not of the language; in capitals, what follows is told by its capitals. */
function coverName(name: string): string | null {
	const pieces = name.split(PIECES);
	const [last, before] = [pieces.at(-1)!, pieces.at(-3)];
	const isName = (word: string) => isCapital(word[0]!) || !isOrdinary(word);
	if (before !== undefined && !/^(?:de|du|des|la|le|ben|el|al|van|von|da|dos)$/iu.test(before)) {
		if (!isName(before)) return null;
		const goesOn = isCapital(before[0]!) ? isCapital(last[0]!) : isName(last);
		return goesOn ? MASK : MASK + pieces.at(-2)! + last;
	}
	return isName(last) ? MASK : null;
}

/**
 * Words with what could tell who covered: contacts, numbers of six figures, days, names. A capital that does not begin a word
 * of the language (`ordinary-words.ts`) is taken for a name, wherever it stands. What stays readable: a first name in small
 * letters, without a title before it.
 */
export function masked(text: string): string {
	return CONTACTS_AND_DAYS.reduce((left, found) => left.replace(found, MASK), text)
		.replace(NO_CAPITALS, (sentence) => /^\s*/u.exec(sentence)![0] + MASK)
		.replace(AFTER_CALLED, (all, called: string, name: string) => {
			const covered = coverName(name);
			return covered === null ? all : called + covered;
		})
		.replace(AFTER_TITLE, (all, _title: string, name: string) => coverName(name) ?? all)
		.replace(WITH_CAPITALS, coverCapitals)
		.replace(new RegExp(`${MASK}(?:${SPACE}${PARTICLES}${MASK})+`, 'gu'), MASK);
}
