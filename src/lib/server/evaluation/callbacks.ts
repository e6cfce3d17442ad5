import { and, asc, eq, isNull } from 'drizzle-orm';
import { m } from '../../paraglide/messages.js';
import { recordAudit } from '../audit/commands.ts';
import type { Queries, Tx } from '../db/client.ts';
import { callback, person } from '../db/schema/index.ts';
import { WHOLE } from '../db/whole.ts';
import { addStep } from '../pathway/steps.ts';
import { leadOf, personOf } from '../people/queries.ts';
import { DomainError, notFound } from '../platform/errors.ts';
import { newId } from '../platform/ids.ts';
import { addDays, localDay } from '../territories/calendar.ts';
import { getTerritory, holidaysOf } from '../territories/queries.ts';
import type { Coordinator } from './improvements.ts';

/** Working days to call back. */
const CALL_WITHIN_DAYS = 2;

/**
 * « Je veux qu’on me rappelle »: a task of the lead referent in the pathway, or a line for the coordinator when the person
 * prefers, or has no referent. It says that they want to talk, nothing of what they answered.
 * @returns who will call
 */
export async function requestCall(
	tx: Tx,
	{ personId, to, now }: { personId: string; to: 'referent' | 'coordinator'; now: Date },
): Promise<'referent' | 'coordinator'> {
	const { territoryId } = await personOf(tx, personId);
	const { zone, holidayZone } = await getTerritory(tx, territoryId);
	const dueOn = addDays(localDay(now, zone), CALL_WITHIN_DAYS, 'ouvre', await holidaysOf(tx, holidayZone));
	if (to === 'referent' && (await askReferent(tx, personId, dueOn, now))) return 'referent';
	await tx.insert(callback).values({ id: newId(), personId, territoryId, dueOn });
	return 'coordinator';
}

async function askReferent(tx: Tx, personId: string, dueOn: string, now: Date): Promise<boolean> {
	const lead = await leadOf(tx, personId);
	if (!lead) return false;
	const title = m.evaluation_step_callback({}, { locale: 'fr' });
	const by = { accountId: lead.accountId, role: 'referent' as const, structureId: lead.structureId };
	try {
		await addStep(tx, { personId, title, owner: 'referent', dueOn, asked: true, by, now });
		return true;
	} catch (problem) {
		if (problem instanceof DomainError && problem.code === 'no_pathway') return false;
		throw problem;
	}
}

/** People of the territory who wait for a call of the coordinator, the first due first. */
export const callsToMake = (q: Queries, territoryId: string) =>
	q
		.select({
			id: callback.id,
			firstName: person.firstName,
			lastName: person.lastName,
			phone: person.phone,
			email: person.email,
			dueOn: callback.dueOn,
		})
		.from(callback)
		.innerJoin(person, eq(person.id, callback.personId))
		.where(and(eq(callback.territoryId, territoryId), isNull(callback.handledAt)))
		.orderBy(asc(callback.dueOn), asc(callback.id))
		.limit(100);

/** Calls a person asked for: for their own copy of their data. */
export const callsOf = (q: Queries, personId: string) =>
	q
		.select({ dueOn: callback.dueOn, calledAt: callback.handledAt })
		.from(callback)
		.where(eq(callback.personId, personId))
		.orderBy(asc(callback.dueOn))
		.limit(WHOLE);

/** @throws DomainError `not_found` for another territory's, or one that was called already */
export async function markCalled(tx: Tx, { id, by, now }: { id: string; by: Coordinator; now: Date }): Promise<void> {
	const [called] = await tx
		.update(callback)
		.set({ handledAt: now, handledById: by.accountId })
		.where(and(eq(callback.id, id), eq(callback.territoryId, by.territoryId), isNull(callback.handledAt)))
		.returning({ personId: callback.personId });
	if (!called) throw notFound();
	const { personId } = called;
	await recordAudit(tx, { action: 'callback.made', actor: by, subjectId: id, personId, at: now });
}
