/** `+33639980102` → « 06 39 98 01 02 »: French numbers of every territory as they are dialled, others as they came. */
export function displayPhone(number: string): string {
	const national = number.replace(/[^+\d]/g, '').replace(/^(\+|00)(33|262|590|594|596)0?/, '0');
	if (!/^0\d{9}$/.test(national)) return number.trim();
	// Non-breaking spaces: a number is never cut at the end of a line.
	return national.replace(/(\d{2})(?=\d)/g, '$1\u00a0');
}
