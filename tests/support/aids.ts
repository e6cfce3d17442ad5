import { eq } from 'drizzle-orm';
import { aPerson, aReferent, aStructure, aTerritory } from '../factories/index.ts';
import { testDatabase } from './database.ts';
import { changeAidStatus, openAid, type AidChange } from '../../src/lib/server/childcare/commands.ts';
import { addScheme } from '../../src/lib/server/childcare/schemes.ts';
import type { SchemeContent } from '../../src/lib/server/db/schema/childcare.ts';
import { childcareAid } from '../../src/lib/server/db/schema/index.ts';
import type { AidStatus } from '../../src/lib/shared/codes.ts';

/** Monday 2 March 2026, 10:00 in Paris. */
export const SENT = new Date('2026-03-02T09:00:00Z');
export const on = (day: string, time = '10:00') => new Date(`${day}T${time}:00Z`);

export const RULES: SchemeContent = {
	name: { fr: 'Aide pour la garde d’enfants' },
	purpose: { fr: 'Elle paie une partie de la garde.' },
	conditions: [{ fr: 'La garde est payante.' }],
	amounts: [{ label: { fr: 'Au plus' }, cents: 50_000 }],
	papers: ['cost_proof'],
	deciderStructureId: null,
	open: true,
	applyWithinMonths: 3,
	fourEyesCents: null,
	budgetCents: null,
};

/** A territory with one aid, two who decide it and one person, in a database of its own. */
export async function anAidSetting({
	zone = 'Europe/Paris',
	holidayZone = 'metropole',
	rules = {} as Partial<SchemeContent>,
} = {}) {
	const db = await testDatabase();
	const { id: territoryId } = await aTerritory(db, { zone, holidayZone });
	const place = await aStructure(db, { territoryId, decidesAids: true, name: 'CMS de Sedan' });
	const decider = await aReferent(db, { structureId: place.id, territoryId });
	const second = await aReferent(db, { structureId: place.id, territoryId });
	const person = await aPerson(db, { territoryId });
	await db.write((tx) =>
		addScheme(tx, {
			...{ territoryId, code: 'childcare', theme: 'childcare', position: 1, startsOn: '2020-01-01', now: SENT },
			content: { ...RULES, ...rules },
		}),
	);
	const as = (who: { id: string; role: string; structureId: string | null }) =>
		({ accountId: who.id, role: who.role, structureId: who.structureId, territoryId }) as AidChange['by'] & {
			territoryId: string;
		};
	const open = (more: Partial<Parameters<typeof openAid>[1]> = {}) =>
		db.write((tx) => openAid(tx, { personId: person.id, territoryId, sent: true, now: SENT, ...more }));
	const row = async (id: string) =>
		(await db.read.select().from(childcareAid).where(eq(childcareAid.id, id)).limit(1))[0]!;
	const change = async (id: string, to: AidStatus, more: Partial<AidChange> = {}) => {
		const { version } = await row(id);
		return db.write((tx) => changeAidStatus(tx, { aidId: id, to, by: as(decider), version, now: SENT, ...more }));
	};
	return { db, territoryId, place, decider, second, person, as, open, row, change };
}
