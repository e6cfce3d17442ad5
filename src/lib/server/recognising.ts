/** A visitor asked for help, then said « C'est moi » and proved the contact: they are somebody the portal knows. */
import type { Tx } from './db/client.ts';
import { mergePeople } from './merging.ts';
import { endFollowUp, type Actor } from './people/commands.ts';
import { proposeMove } from './people/moves.ts';
import { followUpOf, personOf } from './people/queries.ts';
import { goesOnAs } from './requests/queries.ts';
import { adoptRequest } from './requests/transferring.ts';

interface Recognised {
	requestId: string;
	/** The record made for the visitor, which is no more afterwards. */
	visitorId: string;
	/** Who they are. */
	personId: string;
	/** The person, signed in. */
	by: Actor;
	now: Date;
}

/**
 * What was made for the visitor becomes part of who they already are. Asked from a commune of another territory, the request
 * waits where the person is known, and the move is proposed: nobody is moved by a form, only by their agreement.
 * @returns the request in which it goes on, and the commune they may have moved to
 */
export async function recogniseVisitor(
	tx: Tx,
	{ requestId, visitorId, personId, by, now }: Recognised,
): Promise<{ requestId: string; movesTo: string | null }> {
	const [visitor, known] = [await personOf(tx, visitorId), await personOf(tx, personId)];
	const isElsewhere = visitor.territoryId !== known.territoryId;
	if (isElsewhere) {
		await adoptRequest(tx, { requestId, territoryId: known.territoryId, now });
		for (const { accountId } of await followUpOf(tx, visitorId))
			await endFollowUp(tx, { personId: visitorId, accountId, by, now });
	}
	await mergePeople(tx, { from: visitorId, to: personId, by: null, now });
	const movesTo = isElsewhere ? visitor.inseeCode : null;
	if (movesTo) await proposeMove(tx, { personId, inseeCode: movesTo, by, now });
	return { requestId: await goesOnAs(tx, requestId), movesTo };
}
