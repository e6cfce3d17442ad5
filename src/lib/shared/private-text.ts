import { plainWords } from './search.ts';

/** A social-security number, however it is spaced: 1 or 2, then 12 digits (and a key). Never kept, whoever types it. */
const SOCIAL_SECURITY_NUMBER = /(?<!\d)[12](?:[ .-]?\d){4}(?:[ .-]?[\dAB]){2}(?:[ .-]?\d){6,8}(?!\d)/i;

export const hasSocialSecurityNumber = (text: string): boolean => SOCIAL_SECURITY_NUMBER.test(text);

/** What a doctor would write; compared without accents or capitals. « Santé » alone is a theme, not a diagnosis. */
const MEDICAL =
	/\b(depress\w*|bipolair\w*|schizo\w*|psychos\w*|psychiatr\w*|nevros\w*|autis\w*|cancer\w*|tumeur\w*|chimio\w*|diabet\w*|epilep\w*|vih|sida|hepatite\w*|sclerose\w*|parkinson|alzheimer|cirrhose|alcooli\w*|toxicoman\w*|addict\w*|burn ?out|fibromyalgi\w*|endometrios\w*|lombalgi\w*|hernie|avc|infarctus|prothese|antidepresseur\w*|methadone|subutex|insuline|pathologi\w*|diagnosti\w* (de|d)|souffre d\w*|atteinte? d\w*|suicid\w*)\b/;

/** Whether a text looks like a medical diagnosis: a warning for who writes it, never a refusal (domain.md §7.2: only the need for support is kept). */
export const looksMedical = (text: string): boolean => MEDICAL.test(plainWords(text));
