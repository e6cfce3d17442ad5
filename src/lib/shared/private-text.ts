import { plainWords } from './search.ts';

const SPACE = String.raw`[^\S\r\n]|[\u200b-\u200f\u2060]`;
const SIGN = String.raw`[./_\u2010-\u2015-]`;
/** Between two digits: two spaces of any width but a new line, or one sign; several phone numbers or dates in a row are further apart. */
const GAP = `(?:(?:${SPACE}){0,2}|${SIGN})`;
/** Between groups as they are printed on the card, however far apart. */
const WIDE = `(?:${SPACE}|${SIGN}){0,5}`;
const MONTH = `${GAP}(?:0${GAP}\\d|1${GAP}[0-2]|[2-9]${GAP}\\d)`;
const LOOSE = `(?:[12](?:${GAP}\\d){4}|(?<![a-z])[78](?:${GAP}\\d){2}${MONTH})(?:${GAP}[\\dAB]){2}(?:${GAP}\\d){6,8}`;
const AS_PRINTED = ['[1278]', '\\d{2}', '\\d{2}', '\\d[\\dAB]', '\\d{3}', '\\d{3}'].join(WIDE);

/**
 * A social-security number, however it is spaced: 1 or 2 (7 or 8 when it is provisional), year and month, department, 6 digits (and a key).
 * Not the middle of a bank account (« FR76 »). Never kept, whoever types it.
 */
const SOCIAL_SECURITY_NUMBER = new RegExp(`(?<!\\d)(?:${LOOSE}|(?<![a-z])${AS_PRINTED})(?!\\d)`, 'i');

export const hasSocialSecurityNumber = (text: string): boolean => SOCIAL_SECURITY_NUMBER.test(text);

/** What a doctor would write; compared without accents or capitals. « Santé » alone is a theme, not a diagnosis. */
const MEDICAL =
	/\b(depress\w*|bipolair\w*|schizo\w*|psychos\w*|psychiatr\w*|nevros\w*|autis\w*|cancer\w*|tumeur\w*|chimio\w*|diabet\w*|epilep\w*|vih|sida|hepatite\w*|sclerose\w*|parkinson|alzheimer|cirrhose|alcooli\w*|toxicoman\w*|addict\w*|burn ?out|fibromyalgi\w*|endometrios\w*|lombalgi\w*|hernie|avc|infarctus|prothese|antidepresseur\w*|methadone|subutex|insuline|pathologi\w*|diagnosti\w* (de|d)|souffre d\w*|atteinte? d\w*|suicid\w*|anxiete\w*|anxiolytique\w*|troubles? anxieux|tdah?|rqth|handicap\w* (a|de) \d+|(taux|pourcentage) d\w* (handicap|incapacite|invalidite)|cannabis|cocaine|opiace\w*|dependan\w* (a|au|aux)( l| la)? (alcool|drogues?|tabac|heroine|crack|medicaments?|jeux?)|(sous|suit|suis|suivre|prend|prends|prendre)( \w+)? traitement(?! de texte)|(medecin|docteur|psy\w*|neurologue|specialiste|hopital)( \w+){0,3} diagnostiqu\w*)\b/;

/** « Sclérose en plaques »; not a month (« 5 SEP »), nor the beginning of a word. */
const MEDICAL_ACRONYM = /(?<![\p{L}\d])(?<!\d\s)SEP(?![\p{L}\d])/u;

/** Whether a text looks like a medical diagnosis: a warning for who writes it, never a refusal (domain.md §7.2: only the need for support is kept). */
export const looksMedical = (text: string): boolean => MEDICAL.test(plainWords(text)) || MEDICAL_ACRONYM.test(text);
