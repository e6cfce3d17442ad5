const LIGATURES: Record<string, string> = { œ: 'oe', æ: 'ae', ß: 'ss', ø: 'o', ł: 'l' };

/** Lower case, no accents; hyphens, apostrophes and other signs become single spaces. */
export const plainWords = (text: string): string =>
	text
		.toLowerCase()
		.replace(/[œæßøł]/g, (letter) => LIGATURES[letter]!)
		.normalize('NFD')
		.replace(/\p{M}/gu, '')
		.replace(/[^\p{L}\p{N}]+/gu, ' ')
		.trim();

/**
 * What a search compares, for names of people and of communes alike: « St-Étienne-l'Œuvre » and « saint etienne
 * l oeuvre » give the same. Letters of other scripts are kept.
 */
export const searchable = (text: string): string =>
	plainWords(text)
		.replace(/\bst\b/g, 'saint')
		.replace(/\bste\b/g, 'sainte');
