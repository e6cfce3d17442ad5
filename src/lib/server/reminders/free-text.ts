import { hasSocialSecurityNumber, looksMedical } from '../../shared/private-text.ts';
import { plainWords } from '../../shared/search.ts';

export const MAX_FREE_TEXT = 200;

const LINK = /https?:|www\.|\b[\p{L}\d-]+\.(fr|com|org|net|eu|gouv|info|io|app|ly)\b/iu;

/** Words that say on a lock screen what only the person should know; compared without accents or capitals. */
const SENSITIVE =
	/\b(rsa|ass|aah|caf|pension|dettes?|surendettement|expulsion|handicap\w*|maladies?|malade|hopital|psy\w*|grossesse|enceinte|alcool\w*|drogues?|addiction\w*|violences?|prison|justice|divorce|sejour)\b/;

export type TextProblem = 'too_long' | 'link' | 'social_security_number' | 'sensitive';

/** Why a referent's free text may not leave, or null. */
export function problemOf(text: string): TextProblem | null {
	if (text.length > MAX_FREE_TEXT) return 'too_long';
	if (LINK.test(text)) return 'link';
	if (hasSocialSecurityNumber(text)) return 'social_security_number';
	return SENSITIVE.test(plainWords(text)) || looksMedical(text) ? 'sensitive' : null;
}
