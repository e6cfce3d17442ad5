/** GSM 03.38, default alphabet; each character is one unit. ESC is left out: it only announces the second table. */
const BASIC = new Set(
	'@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);

/** Extension table: each takes two units. */
const EXTENDED = new Set('\f^{}\\[~]|€');

/** What French and its typography need and GSM lacks. */
const SUBSTITUTES: Record<string, string> = {
	'’': "'",
	'‘': "'",
	ʼ: "'",
	'“': '"',
	'”': '"',
	'«': '"',
	'»': '"',
	'–': '-',
	'—': '-',
	'‑': '-',
	'…': '...',
	'\u00a0': ' ',
	'\u202f': ' ',
	'\u2009': ' ',
	'\t': ' ',
	œ: 'oe',
	Œ: 'OE',
	'·': '.',
	'•': '-',
	'→': '>',
};

export const GSM_UNITS_PER_SMS = 160;

/**
 * The same text in the GSM alphabet as far as French goes: typographic signs become plain ones, accents that GSM lacks
 * (ê, ç, ô…) are dropped. Other scripts are left as they are.
 */
export function toGsm(text: string): string {
	const plain = text.normalize('NFC').replace(/«[ \u00a0\u202f]?|[ \u00a0\u202f]?»/g, '"');
	return Array.from(plain, (character) => {
		if (BASIC.has(character) || EXTENDED.has(character)) return character;
		const substitute = SUBSTITUTES[character];
		if (substitute !== undefined) return substitute;
		const [base = character, ...marks] = Array.from(character.normalize('NFD'));
		return marks.length > 0 && BASIC.has(base) ? base : character;
	}).join('');
}

/** Length of the text in units of GSM 03.38, or null when a character is in neither table. */
export function gsmLength(text: string): number | null {
	let units = 0;
	for (const character of text) {
		if (BASIC.has(character)) units += 1;
		else if (EXTENDED.has(character)) units += 2;
		else return null;
	}
	return units;
}

/** Whether the text, once put in the GSM alphabet as `sendSms` does, goes in a single SMS. */
export function fitsOneSms(text: string): boolean {
	const units = gsmLength(toGsm(text));
	return units !== null && units <= GSM_UNITS_PER_SMS;
}
