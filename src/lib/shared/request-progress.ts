/**
 * Where a request stands, and its acknowledgement, in words (product.md §4): what the person reads on their page and what the
 * message says are the same sentences, from here. Dates are given as days `YYYY-MM-DD` or instants, written in `zone`.
 */
import { m } from '../paraglide/messages.js';
import type { Locale } from '../paraglide/runtime.js';
import type { NeedStatus, RequestStatus } from './codes.ts';
import { formatDate, formatDay } from './dates.ts';
import type { OrientationState } from './handling.ts';
import { themeLabel } from './labels.ts';
import type { Theme } from './themes.ts';

export interface Reading {
	locale: Locale;
	zone: string;
}

interface At {
	state: OrientationState;
	structure: string;
}
export interface NeedProgress {
	theme: Theme;
	status: NeedStatus;
	expectedOn: string | null;
	/** That day is over, and nobody works on it. */
	isLate: boolean;
	/** Where a professional sent it. */
	at: At | null;
	/** Who answers for it since somebody took the request. */
	structure: string | null;
	/** Who answers for it in the territory, until somebody decides. */
	usual: string | null;
}
export interface Progress {
	status: Exclude<RequestStatus, 'draft'>;
	respondBy: string;
	isLate: boolean;
	/** The person gave an e-mail address and no number. */
	byEmail?: boolean;
	/** The structure the whole request waits at, or came back from. */
	whole: At | null;
	/** Who leads, with their structure. */
	lead: { name: string; structure: string } | null;
	needs: NeedProgress[];
}

export const needStatusWords = (status: NeedStatus, locale?: Locale): string =>
	m[`request_need_${status}`]({}, { locale });

/** By when somebody answers while nobody took it, else how far it is. */
export function answerWords({ status, respondBy, isLate, byEmail }: Progress, { locale, zone }: Reading): string {
	const words = { locale };
	if (status !== 'submitted') return m[`request_status_${status}`]({}, words);
	const date = formatDay(respondBy, zone, locale);
	if (isLate) return m.request_receipt_answer_passed({ date }, words);
	return (byEmail ? m.request_receipt_answer_email : m.request_receipt_answer)({ date }, words);
}

/** The whole request: its answer, where it waits, who follows it. */
export function requestLines(progress: Progress, reading: Reading): string[] {
	const { status, whole, lead } = progress;
	const words = { locale: reading.locale };
	const lines = [answerWords(progress, reading)];
	if (whole?.state === 'sent') lines.push(m.handling_whole_sent({ structure: whole.structure }, words));
	if (whole?.state === 'declined') lines.push(m.handling_whole_returned({}, words));
	if (lead && status !== 'submitted')
		lines.push(m.request_receipt_answered({ who: `${lead.name} (${lead.structure})` }, words));
	return lines;
}

const goesOn = (status: NeedStatus) => status === 'open' || status === 'in_progress';

/** What happens next with one need. */
export function needNext({ status, at, structure, usual }: NeedProgress, locale?: Locale): string {
	const words = { locale };
	if (goesOn(status) && at?.state === 'taken') return m.handling_need_taken({ structure: at.structure }, words);
	if (goesOn(status) && at?.state === 'declined') return m.handling_need_returned({ structure: at.structure }, words);
	if (goesOn(status) && at) return m.handling_need_sent({ structure: at.structure }, words);
	if (goesOn(status) && structure) return m.handling_need_taken({ structure }, words);
	if (goesOn(status) && usual) return m.request_need_usual({ structure: usual }, words);
	return m[`request_need_next_${status}`]({}, words);
}

/** The day by which somebody answers about it, or should have. */
export function needExpected({ expectedOn, isLate }: NeedProgress, { locale, zone }: Reading): string | null {
	if (!expectedOn) return null;
	const date = formatDay(expectedOn, zone, locale);
	return (isLate ? m.request_need_expected_passed : m.request_need_expected)({ date }, { locale });
}

/** All of it, a line each, for a message. */
export const progressLines = (progress: Progress, reading: Reading): string[] => [
	...requestLines(progress, reading),
	...progress.needs.flatMap((need) => [
		'',
		themeLabel(need.theme, reading.locale),
		needStatusWords(need.status, reading.locale),
		...(goesOn(need.status) ? [needExpected(need, reading) ?? []].flat() : []),
		needNext(need, reading.locale),
	]),
];

/** Papers are named for childcare only. */
export const asksChildcare = ({ needs }: Pick<Progress, 'needs'>): boolean =>
	needs.some(({ theme, status }) => theme === 'childcare' && status !== 'dropped');

/** The day on which silence is a refusal, while money is asked for: not once that was withdrawn, or settled. */
export const silenceSaid = ({ needs }: Pick<Progress, 'needs'>, silenceOn: string | null): string | null =>
	needs.some(({ theme, status }) => theme === 'childcare' && goesOn(status)) ? silenceOn : null;

export interface Legal {
	/** Days. */
	receivedOn: string;
	silenceOn: string | null;
	asksChildcare: boolean;
}

/** Mandatory mentions of an acknowledgement (CRPA L112-3, R112-5; silence on money: L231-4); the last one names the law. */
export function legalLines({ receivedOn, silenceOn, asksChildcare }: Legal, { locale, zone }: Reading): string[] {
	const words = { locale };
	const date = (day: string) => formatDate(day, zone, locale);
	return [
		m.request_receipt_received({ date: date(receivedOn) }, words),
		...(silenceOn
			? [m.request_receipt_silence({ date: date(silenceOn) }, words), m.request_receipt_appeal({}, words)]
			: [m.request_receipt_no_silence({}, words)]),
		(asksChildcare ? m.request_receipt_papers_childcare : m.request_receipt_papers_none)({}, words),
		m.request_receipt_law({}, words),
	];
}
