import { hasSocialSecurityNumber, looksMedical } from '../../shared/private-text.ts';
import { plainWords } from '../../shared/search.ts';

export const MAX_FREE_TEXT = 200;

/** Endings a phone makes a link of without anything after them; not those that are French words (« demain.de »). */
const ENDINGS =
	'fr|com|org|net|eu|gouv|info|io|app|ly|re|gf|gp|mq|yt|nc|pf|pm|wf|bzh|asso|be|ch|uk|ru|cn|gl|gle|xyz|online|site|shop|store|link|click|biz|tv|cc|mobi|dev';
/** An address, or what a phone shows as one. With something after a slash any ending will do: « t.me/abc », not « M.Dupont/Mme ». */
const LINK = new RegExp(String.raw`https?:|www\.|[\p{L}\d-]\.(?:${ENDINGS})(?![\p{L}\d])`, 'iu');
const SHORT_LINK = /[\p{L}\d-]\.[a-z]{2,10}\/[^\s/]/u;

/** Words that say on a lock screen what only the person should know; compared without accents or capitals. */
const SENSITIVE =
	/\b(rsa|ass|aah|caf|pension|dettes?|surendettement|expulsion|handicap\w*|maladies?|malade|hopital|psy\w*|grossesse|enceinte|alcool\w*|drogues?|addiction\w*|violences?|prison|justice|divorce|sejour)\b/;

export type TextProblem = 'too_long' | 'link' | 'social_security_number' | 'sensitive';

/** Why a referent's free text may not leave, or null. */
export function problemOf(text: string): TextProblem | null {
	if (text.length > MAX_FREE_TEXT) return 'too_long';
	if (LINK.test(text) || SHORT_LINK.test(text)) return 'link';
	if (hasSocialSecurityNumber(text)) return 'social_security_number';
	return SENSITIVE.test(plainWords(text)) || looksMedical(text) ? 'sensitive' : null;
}
