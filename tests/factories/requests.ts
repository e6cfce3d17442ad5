import type { Db } from '../../src/lib/server/db/client.ts';
import { need, supportRequest } from '../../src/lib/server/db/schema/index.ts';
import { newId, newReference } from '../../src/lib/server/platform/ids.ts';
import { seal } from '../../src/lib/server/platform/sealing.ts';
import type { Theme } from '../../src/lib/shared/themes.ts';
import { insertOne, NOW } from './insert.ts';
import { aPerson } from './people.ts';
import { territoryOf } from './person-of.ts';

type RequestRow = typeof supportRequest.$inferSelect;
type NeedRow = typeof need.$inferSelect;

interface RequestOptions extends Partial<RequestRow> {
	/** One need each; work by default. */
	themes?: Theme[];
	/** Sealed for the row. */
	answers?: Record<string, unknown>;
}

/** Submitted, not yet taken by anybody, by a person of its own unless `personId` is given. */
export async function aRequest(
	db: Db,
	{ themes = ['employment'], answers = {}, ...overrides }: RequestOptions = {},
): Promise<RequestRow & { personId: string; territoryId: string; needs: NeedRow[] }> {
	const id = overrides.id ?? newId();
	const status = overrides.status ?? 'submitted';
	const personId = overrides.personId ?? (await aPerson(db, { territoryId: overrides.territoryId ?? undefined })).id;
	const territoryId = overrides.territoryId ?? (await territoryOf(db, personId));
	const row = await insertOne(db, supportRequest, {
		reference: status === 'draft' ? null : newReference('08'),
		inseeCode: null,
		browserHash: null,
		answersSealed: seal(`support_request.answers_sealed:${id}`, JSON.stringify(answers)),
		wantsCall: false,
		channel: 'self',
		locale: 'fr',
		createdAt: NOW,
		updatedAt: NOW,
		submittedAt: status === 'draft' ? null : NOW,
		assignedAt: null,
		assignedToId: null,
		closedAt: null,
		respondBy: '2026-03-09',
		silenceOn: '2026-05-02',
		...overrides,
		id,
		status,
		personId,
		territoryId,
	});
	const needs: NeedRow[] = [];
	for (const theme of themes) needs.push(await aNeed(db, { requestId: id, personId, theme }));
	return { ...row, personId, territoryId, needs };
}

export const aNeed = (
	db: Db,
	values: Partial<NeedRow> & Pick<NeedRow, 'requestId' | 'personId' | 'theme'>,
): Promise<NeedRow> =>
	insertOne(db, need, {
		id: newId(),
		status: 'open',
		detailSealed: null,
		structureId: null,
		expectedOn: null,
		createdAt: NOW,
		closedAt: null,
		...values,
	});
