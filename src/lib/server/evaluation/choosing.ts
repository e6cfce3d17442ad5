import { and, desc, eq } from 'drizzle-orm';
import type { Audience, Moment, StoredQuestion } from '../../shared/questions.ts';
import type { Queries } from '../db/client.ts';
import {
	appointment,
	catchment,
	childcareAid,
	pathway,
	questionnaire,
	questionnaireVersion,
	stage,
} from '../db/schema/index.ts';
import type { PersonRow } from '../people/queries.ts';
import { ageOn } from '../people/rules.ts';
import { localDay } from '../territories/calendar.ts';
import { getTerritory } from '../territories/queries.ts';

/** Employment area of the territory in which the person lives; empty when it has none, or they live elsewhere. */
export async function areaOf(q: Queries, { inseeCode, territoryId }: Pick<PersonRow, 'inseeCode' | 'territoryId'>) {
	if (!inseeCode) return '';
	const [row] = await q
		.select({ areaId: catchment.employmentAreaId })
		.from(catchment)
		.where(and(eq(catchment.inseeCode, inseeCode), eq(catchment.territoryId, territoryId)))
		.limit(1);
	return row?.areaId ?? '';
}

interface About {
	moment: Moment;
	appointmentId: string | null;
	/** `<moment>:<id>` of what is no appointment. */
	aboutKey: string | null;
}
const TERRITORY: Record<Moment, (q: Queries, id: string) => Promise<{ territoryId: string }[]>> = {
	appointment_seen: async (q, id) =>
		q.select({ territoryId: appointment.territoryId }).from(appointment).where(eq(appointment.id, id)).limit(1),
	stage_left: ofStage,
	in_work_end: ofStage,
	three_months: async (q, id) =>
		q.select({ territoryId: pathway.territoryId }).from(pathway).where(eq(pathway.id, id)).limit(1),
	aid_decided: async (q, id) =>
		q.select({ territoryId: childcareAid.territoryId }).from(childcareAid).where(eq(childcareAid.id, id)).limit(1),
};
async function ofStage(q: Queries, id: string) {
	return q
		.select({ territoryId: pathway.territoryId })
		.from(stage)
		.innerJoin(pathway, eq(pathway.id, stage.pathwayId))
		.where(eq(stage.id, id))
		.limit(1);
}

/** The person as of where it happened: what they lived in the territory they left is asked, and counted, there. */
export async function there(
	q: Queries,
	who: PersonRow,
	{ moment, appointmentId, aboutKey }: About,
): Promise<PersonRow> {
	const id = appointmentId ?? aboutKey?.slice(`${moment}:`.length) ?? '';
	const [found] = await TERRITORY[moment](q, id);
	return { ...who, territoryId: found?.territoryId ?? who.territoryId };
}

const MAY_ANSWER: Record<Audience, (who: PersonRow, day: string) => boolean> = {
	all: () => true,
	under_26: ({ birthDate }, day) => (ageOn(birthDate, day) ?? 99) < 26,
	parents: ({ childrenCount }) => (childrenCount ?? 0) > 0,
};

/**
 * The latest version of the questionnaire open for this person, this moment and this day; one made for their area or their
 * group goes before one made for all. Null: the faces alone.
 */
export async function versionFor(q: Queries, who: PersonRow, moment: Moment, now: Date): Promise<string | null> {
	const { zone } = await getTerritory(q, who.territoryId);
	const day = localDay(now, zone);
	const open = await q
		.select()
		.from(questionnaire)
		.where(and(eq(questionnaire.territoryId, who.territoryId), eq(questionnaire.status, 'open')))
		.orderBy(desc(questionnaire.updatedAt), questionnaire.id)
		.limit(50);
	if (open.length === 0) return null;
	const areaId = await areaOf(q, who);
	const narrow = ({ employmentAreaId, audience }: (typeof open)[number]) =>
		Number(employmentAreaId !== null) + Number(audience !== 'all');
	const [chosen] = open
		.filter(
			(one) =>
				one.moments.includes(moment) &&
				(one.employmentAreaId === null || one.employmentAreaId === areaId) &&
				MAY_ANSWER[one.audience](who, day) &&
				(one.startsOn === null || one.startsOn <= day) &&
				(one.endsOn === null || day <= one.endsOn),
		)
		.toSorted((a, b) => narrow(b) - narrow(a));
	if (!chosen) return null;
	const [version] = await q
		.select({ id: questionnaireVersion.id })
		.from(questionnaireVersion)
		.where(eq(questionnaireVersion.questionnaireId, chosen.id))
		.orderBy(desc(questionnaireVersion.number))
		.limit(1);
	return version?.id ?? null;
}

/** What an invitation asks besides the faces, word for word as it was then. */
export async function questionsOf(q: Queries, versionId: string | null): Promise<StoredQuestion[]> {
	if (!versionId) return [];
	const [row] = await q
		.select({ questions: questionnaireVersion.questions })
		.from(questionnaireVersion)
		.where(eq(questionnaireVersion.id, versionId))
		.limit(1);
	return row?.questions ?? [];
}
