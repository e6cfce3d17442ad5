/** The person moved to another commune, and agreed to what follows: what each domain does about it, in one write. */
import { and, eq, gt, isNull } from 'drizzle-orm';
import { markOutcome, withdrawInvitations } from './appointments/commands.ts';
import { recordAudit } from './audit/commands.ts';
import type { Queries, Tx } from './db/client.ts';
import { appointment, callback, childcareAid, diagnosis, structure } from './db/schema/index.ts';
import { endPathway } from './pathway/closing.ts';
import { endFollowUp, relocatePerson, type Actor } from './people/commands.ts';
import { answerMove } from './people/moves.ts';
import { followUpOf, personOf } from './people/queries.ts';
import { dropNotices } from './reminders/commands.ts';
import { transferRequest } from './requests/transferring.ts';
import { territoryForMunicipality, type Coverage } from './territories/queries.ts';

export type Destination =
	| { kind: 'same' }
	| { kind: 'other'; territoryId: string; territoryName: string; phone: string }
	| Extract<Coverage, { kind: 'outside' }>;

/** What a move to this commune would mean for somebody of this territory. */
export async function destinationOf(
	q: Queries,
	{ territoryId, inseeCode, now }: { territoryId: string; inseeCode: string; now: Date },
): Promise<Destination> {
	const coverage = await territoryForMunicipality(q, inseeCode, now);
	if (coverage.kind === 'outside') return coverage;
	if (coverage.territory.id === territoryId) return { kind: 'same' };
	const { id, name, phone } = coverage.territory;
	return { kind: 'other', territoryId: id, territoryName: name, phone };
}

interface Move {
	personId: string;
	inseeCode: string;
	by: Actor;
	now: Date;
}

/**
 * Within the territory, or outside every perimeter, only the commune changes: whoever follows the person goes on until it is
 * ended, and nothing is lost. To another territory, the request is handed over (`transferred`), the follow-up and the pathway
 * of the former one end, appointments and meetings to come are called off, and the drafts of aids go along; aids already sent
 * are decided where they are. @throws DomainError `not_found`
 */
export async function movePerson(
	tx: Tx,
	{ personId, inseeCode, by, now }: Move,
): Promise<{ kind: Destination['kind']; reference: string | null; requestId: string | null }> {
	const { territoryId } = await personOf(tx, personId);
	const destination = await destinationOf(tx, { territoryId, inseeCode, now });
	await answerMove(tx, { personId, inseeCode, now });
	if (destination.kind !== 'other') {
		await relocatePerson(tx, { personId, territoryId, inseeCode, by, now });
		return { kind: destination.kind, reference: null, requestId: null };
	}
	const to = destination.territoryId;
	const over = await endPathway(tx, { personId, reason: 'moved', by, now });
	const withdrawn = await withdrawInvitations(tx, { personId, by, now });
	for (const subjectId of [...over, ...withdrawn]) await dropNotices(tx, { personId, subjectId });
	await callOff(tx, personId, by, now);
	for (const { accountId } of await followUpOf(tx, personId)) await endFollowUp(tx, { personId, accountId, by, now });
	const moved = await transferRequest(tx, { personId, territoryId: to, inseeCode, by, now });
	await relocatePerson(tx, { personId, territoryId: to, inseeCode, by, now });
	// Who waits for a call of the coordinator waits for the one of the new territory.
	await tx
		.update(callback)
		.set({ territoryId: to })
		.where(and(eq(callback.personId, personId), isNull(callback.handledAt)));
	await tx.update(diagnosis).set({ territoryId: to }).where(eq(diagnosis.personId, personId));
	await moveDraftAid(tx, personId, to, moved?.id ?? null);
	const detail = { from: territoryId, to };
	await recordAudit(tx, { action: 'person.moved', actor: by, subjectId: personId, personId, detail, at: now });
	return { kind: 'other', reference: moved?.reference ?? null, requestId: moved?.id ?? null };
}

/** Nobody waits for an appointment with a professional who no longer follows the person. */
async function callOff(tx: Tx, personId: string, by: Actor, now: Date): Promise<void> {
	const rows = await tx
		.select({ id: appointment.id })
		.from(appointment)
		.where(and(eq(appointment.personId, personId), eq(appointment.state, 'booked'), gt(appointment.startsAt, now)))
		.limit(50);
	for (const { id } of rows) await markOutcome(tx, { appointmentId: id, by, outcome: 'revoked', now });
}

async function moveDraftAid(tx: Tx, personId: string, territoryId: string, requestId: string | null): Promise<void> {
	const [decider] = await tx
		.select({ id: structure.id })
		.from(structure)
		.where(and(eq(structure.territoryId, territoryId), eq(structure.decidesAids, true)))
		.orderBy(structure.id)
		.limit(1);
	await tx
		.update(childcareAid)
		.set({ territoryId, deciderStructureId: decider?.id ?? null, ...(requestId ? { requestId } : {}) })
		.where(and(eq(childcareAid.personId, personId), eq(childcareAid.status, 'draft')));
}
