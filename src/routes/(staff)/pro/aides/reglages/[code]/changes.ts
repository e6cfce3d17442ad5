import { m } from '$lib/paraglide/messages.js';
import type { SchemeContent } from '$lib/server/db/schema/childcare';
import { formatEuros, paperLabelPro } from '$lib/shared/aids';

/** What changed from one version of the rules to the next, a line each. */
export function changesBetween(before: SchemeContent, after: SchemeContent, context: Context): string[] {
	const [old, now] = [shown(before, context), shown(after, context)];
	return now.flatMap(({ what, value }, index) => {
		const was = old[index]!.value;
		return was === value ? [] : [m.aid_pro_set_changed({ what, before: was, after: value })];
	});
}

interface Context {
	locale: string;
	/** Of the territory: who may decide. */
	structures: { id: string; name: string }[];
}

function shown(content: SchemeContent, { locale, structures }: Context): { what: string; value: string }[] {
	const none = m.aid_pro_set_none();
	const euros = (cents: number | null) => (cents === null ? none : formatEuros(cents, locale));
	return [
		{ what: m.aid_pro_set_name(), value: content.name.fr },
		{ what: m.aid_pro_set_purpose(), value: content.purpose.fr },
		{ what: m.aid_pro_set_conditions(), value: content.conditions.map(({ fr }) => fr).join(' / ') || none },
		{
			what: m.aid_pro_set_amounts(),
			value: content.amounts.map(({ label, cents }) => `${label.fr} ${euros(cents)}`).join(', ') || none,
		},
		{
			what: m.aid_pro_set_papers(),
			value: content.papers.map((code) => paperLabelPro(code, locale)).join(', ') || none,
		},
		{
			what: m.aid_pro_set_decider(),
			value: structures.find(({ id }) => id === content.deciderStructureId)?.name ?? none,
		},
		{ what: m.aid_pro_set_months(), value: String(content.applyWithinMonths ?? none) },
		{ what: m.aid_pro_set_four_eyes(), value: euros(content.fourEyesCents) },
		{ what: m.aid_pro_set_budget(), value: euros(content.budgetCents) },
		{ what: m.aid_pro_set_open(), value: content.open ? m.yes() : m.no() },
	];
}
