import { m } from '../paraglide/messages.js';
import type { Locale } from '../paraglide/runtime.js';
import type { AidStatus } from './codes.ts';
import { daysUntil, formatDay, formatDayWhen } from './dates.ts';
import { listOf } from './lists.ts';
import { regionOf } from './locales.ts';
import { remembered } from './remembered.ts';

/** Papers that may be asked for. What an administration holds already is not among them (CRPA L114-8). */
export const PAPERS = [
	'creche_certificate',
	'work_contract',
	'training_certificate',
	'family_record',
	'custody_decision',
	'cost_proof',
	'bank_details',
	'quote',
	'interview_notice',
] as const;
export type Paper = (typeof PAPERS)[number];
/** The same whatever is asked for: once received, it is not asked again for another aid (CRPA L114-8). */
export const LASTING_PAPERS: readonly Paper[] = ['family_record', 'custody_decision', 'bank_details'];

/** Those that name children: another child needs another paper. */
export const PAPERS_OF_CHILDREN: readonly string[] = ['family_record', 'custody_decision'] satisfies Paper[];

/** Why an aid is refused or granted in part: each says the reason, and what can be done. */
export const AID_REASONS = [
	'child_too_old',
	'too_late',
	'no_cost',
	'papers_missing',
	'other_aid',
	'already_granted',
	'budget_spent',
	'not_for_work',
] as const;
export type AidReason = (typeof AID_REASONS)[number];

type Words<Code extends string> = Record<Code, (inputs: Record<string, never>, options: { locale?: Locale }) => string>;
const words =
	<Code extends string>(table: Words<Code>) =>
	(code: string, locale?: string): string => {
		const message = table[code as Code] as Words<Code>[Code] | undefined;
		return message ? message({}, { locale: locale as Locale | undefined }) : code;
	};

export const paperLabel = words<Paper>({
	creche_certificate: m.aid_paper_creche_certificate,
	work_contract: m.aid_paper_work_contract,
	training_certificate: m.aid_paper_training_certificate,
	family_record: m.aid_paper_family_record,
	custody_decision: m.aid_paper_custody_decision,
	cost_proof: m.aid_paper_cost_proof,
	bank_details: m.aid_paper_bank_details,
	quote: m.aid_paper_quote,
	interview_notice: m.aid_paper_interview_notice,
});
/** The same for professionals, where the label speaks to the person. */
export const paperLabelPro = (code: string, locale?: string): string => {
	const inLanguage = { locale: locale as Locale | undefined };
	if (code === 'cost_proof') return m.aid_pro_paper_cost_proof({}, inLanguage);
	if (code === 'bank_details') return m.aid_pro_paper_bank_details({}, inLanguage);
	return paperLabel(code, locale);
};
/** What the paper is for, in one sentence. */
export const paperWhy = words<Paper>({
	creche_certificate: m.aid_why_creche_certificate,
	work_contract: m.aid_why_work_contract,
	training_certificate: m.aid_why_training_certificate,
	family_record: m.aid_why_family_record,
	custody_decision: m.aid_why_custody_decision,
	cost_proof: m.aid_why_cost_proof,
	bank_details: m.aid_why_bank_details,
	quote: m.aid_why_quote,
	interview_notice: m.aid_why_interview_notice,
});
export const reasonLabel = words<AidReason>({
	child_too_old: m.aid_reason_child_too_old,
	too_late: m.aid_reason_too_late,
	no_cost: m.aid_reason_no_cost,
	papers_missing: m.aid_reason_papers_missing,
	other_aid: m.aid_reason_other_aid,
	already_granted: m.aid_reason_already_granted,
	budget_spent: m.aid_reason_budget_spent,
	not_for_work: m.aid_reason_not_for_work,
});
/** What the person can do after that reason. */
export const reasonRemedy = words<AidReason>({
	child_too_old: m.aid_remedy_child_too_old,
	too_late: m.aid_remedy_too_late,
	no_cost: m.aid_remedy_no_cost,
	papers_missing: m.aid_remedy_papers_missing,
	other_aid: m.aid_remedy_other_aid,
	already_granted: m.aid_remedy_already_granted,
	budget_spent: m.aid_remedy_budget_spent,
	not_for_work: m.aid_remedy_not_for_work,
});

/** Bodies that decide aids of their own: followed here, never decided here. */
export const ELSEWHERE_BODIES = ['france_travail', 'caf', 'msa', 'other'] as const;
export type ElsewhereBody = (typeof ELSEWHERE_BODIES)[number];
export const bodyLabel = words<ElsewhereBody>({
	france_travail: m.aid_body_france_travail,
	caf: m.aid_body_caf,
	msa: m.aid_body_msa,
	other: m.aid_body_other,
});
/** The body of `elsewhere:<body>`; null for an aid of the territory. */
export const bodyOf = (kind: string): string | null => /^elsewhere:(.+)$/.exec(kind)?.[1] ?? null;

/** Words of a territory in a language, else in French. */
export const wordsIn = (words: Record<string, string> & { fr: string }, locale: string): string =>
	words[locale] ?? words.fr;

/** What a file is called: the name that the territory gives its aid, or the body that decides it. */
export function aidName(
	{ kind, name }: { kind: string; name: (Record<string, string> & { fr: string }) | null },
	locale: string,
): string {
	const body = bodyOf(kind);
	if (body) return m.aid_elsewhere_name({ who: bodyLabel(body, locale) }, { locale: locale as Locale });
	return name ? wordsIn(name, locale) : m.aid_childcare_name({}, { locale: locale as Locale });
}

/** Aids that a crèche asks about: a sheet is printed for them. */
export const isForCreche = (kind: string): boolean => kind === 'childcare' || kind === 'urgent_childcare';

/** Aids whose questions are their own. */
const ASK_PATHS: Record<string, string | undefined> = {
	childcare: '/aides/garde-enfants/nouvelle',
	urgent_childcare: '/aides/urgence',
};
/** Where an aid of the territory is asked for. */
export const askPath = (kind: string): string => ASK_PATHS[kind] ?? `/aides/nouvelle/${kind}`;

const euros = remembered<Intl.NumberFormat>(100);

/** Cents as people write euros: « 478,40 € ». */
export function formatEuros(cents: number, locale: string): string {
	const minimumFractionDigits = cents % 100 === 0 ? 0 : 2;
	return euros(
		`${minimumFractionDigits} ${locale}`,
		() => new Intl.NumberFormat(regionOf(locale), { style: 'currency', currency: 'EUR', minimumFractionDigits }),
	).format(cents / 100);
}

/** What the sentence is made of; days in the zone of the territory. */
export interface AidFacts {
	status: AidStatus;
	nextActor: 'person' | 'structure' | 'nobody';
	nextBy: string | null;
	/** Papers that are still waited for. */
	missing: readonly string[];
	implicitlyRefused: boolean;
	/** Last day to contest a refusal, spoken or silent. */
	contestUntil: string | null;
	deciderName: string;
	amountCents: number | null;
	/** Code of the other body that decides, when the file is only followed here. */
	elsewhere: string | null;
	/** Body that it was handed to. */
	transmittedTo: string | null;
}

/** It is the person's turn. What silence refused is contested or asked again, whatever was waited for. */
export const asksPerson = ({ nextActor, implicitlyRefused }: AidFacts): boolean =>
	nextActor === 'person' && !implicitlyRefused;

/**
 * Who must do what next, until when: the one sentence of the person's page, of the professionals' and of the message.
 * `today` is the territory's day; `now` serves the words (« dans 5 jours »).
 */
export function aidSentence(
	facts: AidFacts,
	context: { locale: string; zone: string; now: Date; today: string },
): string {
	const { locale, zone, now, today } = context;
	const inLanguage = { locale: locale as Locale };
	const who = facts.elsewhere ? bodyLabel(facts.elsewhere, locale) : facts.deciderName;
	const by = facts.nextBy ? formatDayWhen(facts.nextBy, zone, locale, now) : '';
	const contest = facts.contestUntil ? formatDay(facts.contestUntil, zone, locale, now) : '';
	const mayContest = facts.contestUntil !== null && today <= facts.contestUntil;
	const papers = listOf(
		PAPERS.filter((code) => facts.missing.includes(code)).map((code) => paperLabel(code, locale)),
		locale,
	);
	const amount = facts.amountCents === null ? '' : formatEuros(facts.amountCents, locale);

	if (facts.implicitlyRefused)
		return mayContest
			? m.aid_next_silent({ who, by: contest }, inLanguage)
			: m.aid_next_silent_over({ who }, inLanguage);
	switch (facts.status) {
		case 'draft':
			return m.aid_next_draft({}, inLanguage);
		case 'incomplete':
			if (facts.elsewhere) return m.aid_next_elsewhere_papers({ who }, inLanguage);
			if (facts.nextActor === 'structure') return m.aid_next_check({ who }, inLanguage);
			if (facts.nextBy && facts.nextBy < today) return m.aid_next_papers_late({ papers, by }, inLanguage);
			return m.aid_next_papers({ papers, by }, inLanguage);
		case 'submitted':
		case 'under_review':
			return by ? m.aid_next_review({ who, by }, inLanguage) : m.aid_next_review_open({ who }, inLanguage);
		case 'granted':
			return amount ? m.aid_next_granted({ who, amount }, inLanguage) : m.aid_next_granted_plain({}, inLanguage);
		case 'partially_granted':
			return amount
				? m.aid_next_partially_granted({ who, amount }, inLanguage)
				: m.aid_next_partially_granted_plain({}, inLanguage);
		case 'refused':
			return mayContest && !facts.elsewhere
				? m.aid_next_refused({ by: contest }, inLanguage)
				: m.aid_next_refused_over({}, inLanguage);
		case 'not_competent':
			return facts.transmittedTo
				? m.aid_next_transmitted({ who: facts.transmittedTo }, inLanguage)
				: m.aid_next_not_competent({ who }, inLanguage);
		case 'withdrawn':
			return m.aid_next_withdrawn({}, inLanguage);
		case 'paid':
			return amount ? m.aid_next_paid({ amount }, inLanguage) : m.aid_next_paid_plain({}, inLanguage);
	}
}

/**
 * The same, in the voice of professionals: who must do what, until when. `mine` when the reader is of the service that
 * decides.
 */
export function aidSentencePro(
	facts: AidFacts,
	context: { locale: string; zone: string; now: Date; mine: boolean },
): string {
	const { locale, zone, now, mine } = context;
	const inLanguage = { locale: locale as Locale };
	const other = facts.elsewhere ? bodyLabel(facts.elsewhere, locale) : facts.deciderName;
	const who = mine ? m.aid_pro_you({}, inLanguage) : other;
	const by = facts.nextBy ? formatDayWhen(facts.nextBy, zone, locale, now) : '';
	const papers = listOf(
		facts.missing.map((code) => paperLabelPro(code, locale)),
		locale,
	);
	if (facts.implicitlyRefused) return m.aid_pro_next_silent({ who }, inLanguage);
	switch (facts.status) {
		case 'draft':
			return m.aid_pro_next_draft({}, inLanguage);
		case 'incomplete':
			if (facts.elsewhere) return m.aid_pro_next_elsewhere({}, inLanguage);
			if (facts.nextActor === 'structure') return m.aid_pro_next_check({ who }, inLanguage);
			// The last day is over: the clock runs again, and the service may go on without them.
			if (facts.nextBy && daysUntil(facts.nextBy, zone, now) < 0)
				return m.aid_pro_next_papers_late({ who, papers, by }, inLanguage);
			return m.aid_pro_next_papers({ papers, by }, inLanguage);
		case 'submitted':
			return by ? m.aid_pro_next_start({ who, by }, inLanguage) : m.aid_pro_next_review_open({ who }, inLanguage);
		case 'under_review':
			return m.aid_pro_next_review({ who, by }, inLanguage);
		case 'granted':
		case 'partially_granted':
			// Another body's, of which nobody noted how much: all that is known is that it is granted.
			if (facts.amountCents === null) return aidSentence(facts, { ...context, today: '' });
			return m.aid_pro_next_pay({ who, amount: formatEuros(facts.amountCents, locale) }, inLanguage);
		case 'not_competent':
			return m.aid_pro_next_transmitted({ to: facts.transmittedTo ?? '' }, inLanguage);
		case 'refused':
		case 'withdrawn':
		case 'paid':
			return m.aid_pro_next_nobody({}, inLanguage);
	}
}
