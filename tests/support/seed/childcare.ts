import { eq } from 'drizzle-orm';
import {
	changeAidStatus,
	openAid,
	openElsewhere,
	submitAid,
	withdrawAid,
	type AidChange,
} from '../../../src/lib/server/childcare/commands.ts';
import { findAccountOfPerson } from '../../../src/lib/server/accounts/queries.ts';
import { listSchemes } from '../../../src/lib/server/childcare/schemes.ts';
import { askUrgently } from '../../../src/lib/server/childcare/urgent.ts';
import { childcareAid, supportRequest } from '../../../src/lib/server/db/schema/index.ts';
import { addDays, addMonths, instantOf, localDay } from '../../../src/lib/server/territories/calendar.ts';
import { AID_REASONS, type Paper } from '../../../src/lib/shared/aids.ts';
import { between, chance, pick, weighted } from './draw.ts';
import type { Known, World } from './lives.ts';

const DAY_MS = 86_400_000;
/** Shares of domain.md §8.2; `paid` are granted ones that were paid since. */
const SHARES = { draft: 8, submitted: 12, incomplete: 15, under_review: 20, granted: 30, refused: 10, withdrawn: 5 };
const AMOUNTS = [41_600, 47_840, 54_080, 17_680, 20_280];
const ASKED: Paper[] = ['creche_certificate', 'work_contract', 'training_certificate', 'cost_proof', 'bank_details'];

type Change = Omit<AidChange, 'aidId' | 'version' | 'by'>;

/** One change, by somebody of the structure that decides. */
async function decide(world: World, aidId: string, change: Change) {
	const { tx, team } = world;
	const [row] = await tx.select().from(childcareAid).where(eq(childcareAid.id, aidId)).limit(1);
	const { version, deciderStructureId: structureId } = row!;
	const by = team.referents.find((one) => one.structureId === structureId) ?? { ...team.referents[0]!, structureId };
	await changeAidStatus(tx, { ...change, aidId, version, by });
}

const requestId = async ({ tx }: World, reference: string) =>
	(await tx.select().from(supportRequest).where(eq(supportRequest.reference, reference)).limit(1))[0]!.id;

/** The file of somebody whose request asks for childcare, somewhere in its life. */
export async function askForAid(world: World, someone: Known, reference: string, filedAt: Date, waiting: boolean) {
	if (!someone.drawn.themes.includes('childcare')) return;
	const { tx, territory, today } = world;
	const of = { personId: someone.id, territoryId: territory.id };
	const status = waiting ? 'submitted' : weighted(SHARES);
	// What is not decided was asked for lately: an old one would have been refused by silence.
	const isOld = ['granted', 'refused', 'withdrawn'].includes(status);
	const lately = new Date(today.getTime() - between(6, 48) * DAY_MS);
	const at = waiting || (isOld && filedAt < lately) ? filedAt : lately;
	const own = status === 'draft' ? {} : { requestId: await requestId(world, reference) };
	const opened = await openAid(tx, { ...of, ...own, now: at });
	if (!opened || status === 'draft' || status === 'submitted') return;
	const after = (days: number) => new Date(Math.min(today.getTime() - 3_600_000, at.getTime() + days * DAY_MS));
	if (status === 'withdrawn') {
		await withdrawAid(tx, { reference: opened.reference, personId: someone.id, now: after(4) });
		return;
	}
	if (status === 'incomplete') {
		const dueOn = addDays(localDay(after(5), territory.zone), between(10, 30));
		const papers = [pick(ASKED)];
		await decide(world, opened.id, { to: 'incomplete', papers, dueOn, now: after(5) });
		return;
	}
	await decide(world, opened.id, { to: 'under_review', now: after(5) });
	if (status === 'under_review') return;
	const decidedAt = after(between(12, 40));
	if (status === 'refused') {
		await decide(world, opened.id, { to: 'refused', reason: pick(AID_REASONS), now: decidedAt });
		return;
	}
	await decide(world, opened.id, { to: 'granted', amountCents: pick(AMOUNTS), now: decidedAt });
	if (chance(0.6)) await decide(world, opened.id, { to: 'paid', now: after(60) });
}

/** The one to sign in with: a paper is missing, due in 18 days. */
export async function missingPaper(world: World, personId: string) {
	const { tx, territory, today } = world;
	const opened = await openAid(tx, {
		personId,
		territoryId: territory.id,
		sent: true,
		now: new Date(today.getTime() - 20 * DAY_MS),
	});
	if (!opened) return;
	await decide(world, opened.id, {
		to: 'incomplete',
		papers: ['creche_certificate'],
		dueOn: addDays(localDay(today, territory.zone), 18),
		note: 'Bonjour, il nous manque un seul papier. Vous pouvez le déposer à l’accueil.',
		now: new Date(today.getTime() - 4 * DAY_MS),
	});
}

/** Edges of the clock (domain.md §8.4): refused by silence today, and tomorrow. */
export async function silentFiles(world: World, people: string[]) {
	const { tx, territory, today } = world;
	const day = localDay(today, territory.zone);
	const months = territory.settings.silenceRefusalMonths;
	for (const [index, personId] of people.slice(0, 2).entries()) {
		const target = addDays(day, index);
		let sentOn = addDays(addMonths(target, -months), 3);
		while (addMonths(sentOn, months) > target) sentOn = addDays(sentOn, -1);
		const opened = await openAid(tx, {
			personId,
			territoryId: territory.id,
			now: instantOf(sentOn, '10:00', territory.zone),
		});
		if (opened)
			await submitAid(tx, { reference: opened.reference, personId, now: instantOf(sentOn, '10:00', territory.zone) });
	}
}

/** Aids for mobility at several moments, one that cannot wait, one that another body decides. */
export async function otherAids(world: World, people: string[]) {
	const { tx, territory, today } = world;
	const day = localDay(today, territory.zone);
	const mobility = (await listSchemes(tx, territory.id, day)).filter(({ theme }) => theme === 'mobility');
	for (const [index, personId] of people.slice(0, 3).entries()) {
		const sentAt = new Date(today.getTime() - (index * 9 + 3) * DAY_MS);
		const kind = mobility[index % mobility.length]!.code;
		const opened = await openAid(tx, { personId, territoryId: territory.id, kind, sent: true, now: sentAt });
		if (!opened || index === 0) continue;
		await decide(world, opened.id, { to: 'under_review', now: sentAt });
		if (index === 2) await decide(world, opened.id, { to: 'granted', amountCents: 30_000, now: sentAt });
	}
	const [, , , urgent, elsewhere] = people;
	const by = { accountId: '', role: 'beneficiary' as const, structureId: null };
	const account = async (personId: string) => (await findAccountOfPerson(tx, personId))?.id;
	const asks = urgent && (await account(urgent));
	if (asks)
		await askUrgently(tx, {
			...{ personId: urgent, territoryId: territory.id, on: addDays(day, 1), now: today },
			by: { ...by, accountId: asks },
		});
	const follows = elsewhere && (await account(elsewhere));
	if (follows)
		await openElsewhere(tx, {
			...{ personId: elsewhere, territoryId: territory.id, body: 'france_travail', now: today },
			by: { ...by, accountId: follows },
		});
}
