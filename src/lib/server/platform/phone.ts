import { westernDigits } from './forms.ts';

export type CallingCode = '+33' | '+262' | '+508' | '+590' | '+594' | '+596';

/** First match wins. Written as dialled in France: 0 and nine digits (numbering plan of Arcep). */
const NUMBERING_PLAN: { numbers: RegExp; code: CallingCode; mobile: boolean }[] = [
	// Reserved for fiction in the mainland, inside what is otherwise Mayotte's 0639.
	{ numbers: /^063998/, code: '+33', mobile: true },
	{ numbers: /^0639|^07093[5-7]/, code: '+262', mobile: true },
	{ numbers: /^069[23]|^07092[0-3]/, code: '+262', mobile: true },
	{ numbers: /^069[01]|^07090[0-4]/, code: '+590', mobile: true },
	{ numbers: /^0694|^07093[0-3]/, code: '+594', mobile: true },
	{ numbers: /^069[67]|^07091[0-3]/, code: '+596', mobile: true },
	{ numbers: /^0[67]/, code: '+33', mobile: true },
	{ numbers: /^026[239]/, code: '+262', mobile: false },
	{ numbers: /^0590/, code: '+590', mobile: false },
	{ numbers: /^0594/, code: '+594', mobile: false },
	{ numbers: /^0596/, code: '+596', mobile: false },
	{ numbers: /^0[1-589]/, code: '+33', mobile: false },
];

const FRENCH = /^\+(33|262|590|594|596)0?([1-9]\d{8})$/;
const SAINT_PIERRE = /^(?:\+508|0508)([0-9]\d{5})$/;
const FOREIGN = /^\+[1-9]\d{8,14}$/;
const OVERSEAS_BOX = /^0976/;

/**
 * The number in E.164, or null when it is none. Takes what people and files write: spaces, dots, dashes, `0033`,
 * `+33 (0)6…`, a leading zero lost by a spreadsheet, an overseas number behind `+33`. `defaultCountry` is the calling
 * code of the territory; it settles only the numbers that several share (0976…).
 */
export function normalizePhone(raw: string, options: { defaultCountry?: CallingCode } = {}): string | null {
	const written = westernDigits(raw).trim();
	if (!/^\+?[\d\s().\-/\u2010-\u2015]{6,30}$/u.test(written)) return null;
	const digits = written
		.replace(/^(\+|00)(\s*\d{2,3})\s*\(0\)/, '$1$2')
		.replace(/[^\d+]/g, '')
		.replace(/^00/, '+');
	const saintPierre = SAINT_PIERRE.exec(digits);
	if (saintPierre) return `+508${saintPierre[1]}`;
	if (options.defaultCountry === '+508' && /^\d{6}$/.test(digits)) return `+508${digits}`;
	const domestic = /^0?([1-9]\d{8})$/.exec(digits)?.[1];
	if (domestic) return withCallingCode(`0${domestic}`, options.defaultCountry);
	const [, code, national] = FRENCH.exec(digits) ?? [];
	if (!code || !national) return FOREIGN.test(digits) && !isFrench(digits) ? digits : null;
	const number = withCallingCode(`0${national}`, `+${code}` as CallingCode);
	// +33 is often put before an overseas number; the reverse would be somebody else's number.
	return code === '33' || number.startsWith(`+${code}`) ? number : null;
}

/** `national` is 0 and nine digits, the first of them not 0: the plan knows them all. */
function withCallingCode(national: string, sharedWith: CallingCode = '+33'): string {
	const own = NUMBERING_PLAN.find(({ numbers }) => numbers.test(national))?.code ?? '+33';
	return (OVERSEAS_BOX.test(national) ? sharedWith : own) + national.slice(1);
}

const isFrench = (e164: string) => /^\+(33|262|508|590|594|596)/.test(e164);

/** Whether an SMS can be sent there: mobiles of mainland France and overseas only; a foreign number is none of ours. */
export function isMobile(e164: string): boolean {
	if (/^\+50855\d{4}$/.test(e164)) return true;
	const national = FRENCH.exec(e164)?.[2];
	const range = national && NUMBERING_PLAN.find(({ numbers }) => numbers.test(`0${national}`));
	return Boolean(range && range.mobile && e164 === range.code + national);
}

/** As it is read aloud and dialled in France: « 06 39 98 12 34 »; a foreign number stays as it is. */
export function formatPhone(e164: string): string {
	const national = FRENCH.exec(e164)?.[2];
	const dialled = national ? `0${national}` : SAINT_PIERRE.test(e164) ? e164.replace('+', '0') : null;
	return dialled ? dialled.replace(/(\d{2})(?=\d)/g, '$1 ') : e164;
}
