/**
 * Fills an empty database with the fictitious people of the demo and of the browser tests: five territories, shares of
 * domain.md §8, safe identifiers, dates relative to today. Everything goes through the domains' own commands, dated.
 * Writes beside the real file and moves it into place at the end, so that an interrupted start leaves nothing half-filled.
 */
import { and, eq, lte } from 'drizzle-orm';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { openDatabase, type Tx } from '../../src/lib/server/db/client.ts';
import { migrateDatabase } from '../../src/lib/server/db/migrate.ts';
import { catchment, meta, municipality } from '../../src/lib/server/db/schema/index.ts';
import { config } from '../../src/lib/server/platform/config.ts';
import { DomainError } from '../../src/lib/server/platform/errors.ts';
import { localDay } from '../../src/lib/server/territories/calendar.ts';
import { shipSchemes } from '../../src/lib/server/childcare/profiles.ts';
import { createTerritory, importReference } from '../../src/lib/server/territories/commands.ts';
import { PROFILES } from '../../src/lib/server/territories/profiles.ts';
import { getTerritory } from '../../src/lib/server/territories/queries.ts';
import { askForAid, missingPaper, otherAids, silentFiles } from './seed/childcare.ts';
import { between, chance, pick } from './seed/draw.ts';
import { writeTemplates } from './seed/messages.ts';
import { rateAll } from './seed/evaluation.ts';
import { file, follow, meet, settle, strangerOf, type Known, type World } from './seed/lives.ts';
import { meetTogether } from './seed/meetings.ts';
import { openPlaces } from './seed/offers.ts';
import { personaOf } from './seed/personas.ts';
import { hireTeam } from './seed/professionals.ts';
import { diagnose, shareOf } from './seed/sharing.ts';

const DAY_MS = 86_400_000;
const PEOPLE: Record<string, number> = { ardennes: 300, doubs: 400, manche: 350, 'deux-sevres': 120, guyane: 200 };
/** Requests nobody took yet, in each territory; a few are late. */
const WAITING = 6;

interface DemoAccount {
	label: string;
	role: 'beneficiary' | 'referent' | 'coordinator';
	territory: string;
	contact: string;
}

async function fill(tx: Tx, root: string, today: Date): Promise<DemoAccount[]> {
	await tx.insert(meta).values({ key: 'made_by', value: 'demo' });
	await importReference(tx, root);
	const accounts: DemoAccount[] = [];
	let number = 0;
	for (const profile of PROFILES) {
		await createTerritory(tx, profile, today);
		await shipSchemes(tx, profile.id, today);
		const territory = await getTerritory(tx, profile.id);
		const team = await hireTeam(tx, profile, new Date(today.getTime() - 700 * DAY_MS));
		const communes = await weighedCommunes(tx, profile.id, localDay(today, profile.zone));
		const world: World = { tx, territory, team, communes, today, next: () => (number += 1) };
		const persona = await personaOf(world);
		await missingPaper(world, persona.personId);
		await shareOf(world, persona.personId);
		const parents: string[] = [];
		for (let index = 0; index < PEOPLE[profile.id]!; index += 1) {
			const { id, drawn } = await liveOne(world, index);
			if (drawn.children > 0 && !drawn.themes.includes('childcare')) parents.push(id);
		}
		await meetTogether(world, persona.personId);
		await silentFiles(world, parents);
		await otherAids(world, parents.slice(2));
		await rateAll(world, persona.personId);
		await writeTemplates(world);
		const of = { territory: profile.name };
		accounts.push(
			{ ...of, role: 'beneficiary', label: persona.label, contact: persona.contact },
			{ ...of, role: 'referent', label: team.referents[0]!.displayName, contact: team.referents[0]!.email },
			{ ...of, role: 'coordinator', label: team.coordinator.displayName, contact: team.coordinator.email },
		);
	}
	await openPlaces(tx, today);
	return accounts;
}

async function liveOne(world: World, index: number): Promise<Known> {
	const { today, team } = world;
	const waiting = index < WAITING;
	const filedDaysAgo = waiting ? index * 2 : between(12, 540);
	const filedAt = new Date(today.getTime() - filedDaysAgo * DAY_MS - between(1, 20) * 3_600_000);
	const someone = await settle(world, strangerOf(world, index), filedAt);
	const reference = await file(world, someone, filedAt);
	await askForAid(world, someone, reference, filedAt, waiting);
	if (waiting) return someone;
	const referent = pick(team.referents);
	const takenAt = new Date(Math.min(today.getTime() - 3_600_000, filedAt.getTime() + between(1, 9) * DAY_MS));
	let over = false;
	try {
		over = await follow(world, someone, reference, referent, takenAt);
	} catch (error) {
		// Past the territory's limit of people per referent: the request waits, as it would.
		if (error instanceof DomainError && error.code === 'caseload_full') return someone;
		throw error;
	}
	if (!over) await diagnose(world, someone, referent, takenAt);
	if (!over && chance(0.97)) await meet(world, someone, referent, takenAt);
	return someone;
}

/** Each commune of the perimeter as often as its inhabitants weigh, at least once. */
async function weighedCommunes(tx: Tx, territoryId: string, today: string): Promise<string[]> {
	const rows = await tx
		.select({ code: municipality.inseeCode, population: municipality.population })
		.from(catchment)
		.innerJoin(municipality, eq(municipality.inseeCode, catchment.inseeCode))
		.where(and(eq(catchment.territoryId, territoryId), lte(catchment.startsOn, today)))
		.orderBy(municipality.inseeCode)
		.limit(2000);
	return rows.flatMap(({ code, population }) => Array.from({ length: 1 + Math.floor(population / 500) }, () => code));
}

const { databaseFile, root, dataDir } = config();
if (existsSync(databaseFile)) {
	console.log('The demo has its people already.');
	process.exit(0);
}
const started = Date.now();
mkdirSync(dataDir, { recursive: true });
const half = path.join(dataDir, 'filling.db');
for (const suffix of ['', '-wal', '-shm', '.lock']) rmSync(half + suffix, { force: true });
migrateDatabase(half, path.join(root, 'drizzle', 'sqlite'));
const db = openDatabase(half);
await db.write(async (tx) => {
	const accounts = await fill(tx, root, new Date());
	await tx.insert(meta).values({ key: 'demo_accounts', value: JSON.stringify(accounts) });
});
db.close();
for (const suffix of ['-wal', '-shm', '.lock']) rmSync(half + suffix, { force: true });
renameSync(half, databaseFile);
console.log(`Fictitious people are ready (${((Date.now() - started) / 1000).toFixed(1)} s).`);
