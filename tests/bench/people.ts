import path from 'node:path';
import { asc, eq } from 'drizzle-orm';
import Database from 'better-sqlite3';
import { openDatabase, type Db } from '../../src/lib/server/db/client.ts';
import { migrateDatabase } from '../../src/lib/server/db/migrate.ts';
import {
	account,
	meta,
	municipality,
	stageTemplate,
	structure,
	territory,
} from '../../src/lib/server/db/schema/index.ts';
import { hashToken } from '../../src/lib/server/platform/ids.ts';
import { seal } from '../../src/lib/server/platform/sealing.ts';
import { SEARCH_KEYS_VERSION, searchKeys } from '../../src/lib/server/people/rules.ts';
import { createTerritory, importReference } from '../../src/lib/server/territories/commands.ts';
import { PROFILES } from '../../src/lib/server/territories/profiles.ts';
import { searchable } from '../../src/lib/shared/search.ts';
import { folder } from './harness.ts';

const DAY_MS = 86_400_000;
/** People per referent, whatever the size of the territory. */
export const CASELOAD = 80;

/** Of the shape of real ones (40 of a–z, 2–7); the same in every territory, so that one client reads them all. */
const TOKENS = { person: 'p'.repeat(40), referent: 'r'.repeat(40), coordinator: 'c'.repeat(40) };

const FIRST = ['Alix', 'Camille', 'Nadia', 'Élodie', 'Jean', 'Mamadou', 'Inès', 'Oksana', 'Yann', 'Fatou'];
/** With these endings, a hundred families of one per cent each: the commonest name in France is rarer. */
const ENDINGS = ['', 'et', 'eau', 'in', 'ard', 'el', 'ot', 'aud', 'y', 'ier'];
const LAST = ['Martin', 'Lefèvre', 'Nguyen', 'Benali', 'Petit', 'Kovalenko', 'Diallo', 'Roux', 'Leroy', 'Dupuis'];

/** An empty database with one real territory, its communes and structures. */
export async function emptyTerritory(name: string, now: Date): Promise<{ db: Db; file: string }> {
	const file = path.join(folder, `${name}.db`);
	migrateDatabase(file, path.resolve('drizzle/sqlite'));
	const db = openDatabase(file);
	await db.write(async (tx) => {
		await tx.insert(meta).values({ key: 'made_by', value: 'demo' });
		await importReference(tx, process.cwd());
		await createTerritory(tx, PROFILES[0]!, now);
	});
	return { db, file };
}

export interface Filled {
	db: Db;
	file: string;
	territoryId: string;
	/** Tokens of sessions, by who holds them. */
	tokens: { person: string; referent: string; coordinator: string };
	personId: string;
	referentId: string;
	structureId: string;
}

/** As many people with lives of their own (requests, pathways, steps, appointments, messages), by set-based SQL. */
export async function filledTerritory(name: string, people: number, now: Date): Promise<Filled> {
	const { db, file } = await emptyTerritory(name, now);
	const { id: territoryId } = (await db.read.select({ id: territory.id }).from(territory).limit(1))[0]!;
	const structures = await db.read
		.select({ id: structure.id })
		.from(structure)
		.where(eq(structure.territoryId, territoryId))
		.orderBy(asc(structure.id))
		.limit(1);
	const structureId = structures[0]!.id;
	const [commune] = await db.read.select({ code: municipality.inseeCode }).from(municipality).limit(1);
	const stages = await db.read.select().from(stageTemplate).where(eq(stageTemplate.territoryId, territoryId)).limit(3);
	await db.write((tx) =>
		tx.insert(account).values(
			(['referent', 'coordinator'] as const).map((role) => ({
				...{ id: role, role, status: 'active' as const, email: `${role}@example.fr`, displayName: `Camille ${role}` },
				...{ territoryId, structureId, side: 'social' as const, locale: 'fr', createdAt: now },
			})),
		),
	);
	db.close();

	const raw = new Database(file);
	raw.pragma('synchronous = OFF');
	raw.pragma('cache_size = -200000');
	raw.function('sealed', (context, text) => seal(context as string, text as string));
	raw.function('search_name', (first, last) => searchable(`${last as string} ${first as string}`));
	raw.function('search_keys', (firstName, lastName, phone) =>
		JSON.stringify(
			searchKeys({ firstName: firstName as string, lastName: lastName as string, phone: phone as string }),
		),
	);
	const values = {
		// A plain number is bound as a real one: 7 / 2 would be 3.5.
		people: BigInt(people),
		t: BigInt(now.getTime()),
		day: BigInt(DAY_MS),
		territory: territoryId,
		structure: structureId,
		commune: commune!.code,
		first: JSON.stringify(FIRST),
		last: JSON.stringify(LAST.flatMap((name) => ENDINGS.map((ending) => name + ending))),
		stageNames: JSON.stringify(stages.map(({ name }) => JSON.stringify(name))),
		caseload: BigInt(CASELOAD),
		person: hashToken(TOKENS.person),
		referent: hashToken(TOKENS.referent),
		coordinator: hashToken(TOKENS.coordinator),
	};
	// No upkeep while pages are measured.
	raw.prepare(`INSERT INTO meta (key, value) VALUES ('search_keys', ?)`).run(SEARCH_KEYS_VERSION);
	raw.transaction(() => {
		for (const statement of STATEMENTS) raw.prepare(statement).run(only(values, statement));
	})();
	raw.close();
	return {
		...{ db: openDatabase(file), file, territoryId, structureId, personId: 'p5', referentId: 'referent' },
		tokens: TOKENS,
	};
}

/** better-sqlite3 refuses names a statement does not use. */
const only = (values: Record<string, unknown>, statement: string) =>
	Object.fromEntries(Object.entries(values).filter(([name]) => new RegExp(`@${name}\\b`).test(statement)));

const number = (limit: string) => `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${limit})`;
/** The measured referent follows the first people; others have referents of their own. */
const REFERENT = `CASE WHEN i <= @caseload THEN 'referent' ELSE 'r' || (i / @caseload) END`;

const STATEMENTS = [
	`${number('@people / @caseload + 1')} INSERT INTO account (id, role, status, email, display_name, territory_id, structure_id, side, locale, created_at)
		SELECT 'r' || i, 'referent', 'active', 'r' || i || '@example.fr', 'Camille Référent ' || i, @territory, @structure, 'social', 'fr', @t FROM n`,
	`${number('@people')}, named AS (SELECT i, json_extract(@first, '$[' || (i % 10) || ']') AS f, json_extract(@last, '$[' || (i / 10 % 100) || ']') || ' ' || char(65 + i % 26) || (i / 100) AS l FROM n)
		INSERT INTO person (id, territory_id, insee_code, first_name, last_name, search_name, birth_date, email, phone, locale, channel_order, wording, muted_kinds, created_at, last_contact_at)
		SELECT 'p' || i, @territory, @commune, f, l, search_name(f, l), '1990-05-17', 'p' || i || '@example.fr', '+3363998' || printf('%04d', i % 10000), 'fr', '["push","email","sms"]', 'discreet', '[]', @t - i % 300 * @day, @t - i % 60 * @day FROM named`,
	`INSERT INTO person_search_key (person_id, territory_id, key) SELECT p.id, p.territory_id, k.value FROM person p, json_each(search_keys(p.first_name, p.last_name, p.phone)) k`,
	`${number('@people')} INSERT INTO account (id, role, status, email, display_name, person_id, territory_id, locale, created_at) SELECT 'a' || i, 'beneficiary', 'active', 'p' || i || '@example.fr', '', 'p' || i, @territory, 'fr', @t FROM n`,
	`${number('@people')} INSERT INTO follow_up_member (id, person_id, account_id, structure_id, part, started_at) SELECT 'f' || i, 'p' || i, ${REFERENT}, @structure, 'lead', @t - i % 300 * @day FROM n WHERE i % 50 <> 0`,
	`${number('@people')} INSERT INTO support_request (id, reference, status, person_id, territory_id, insee_code, wants_call, urgent, channel, locale, created_at, updated_at, submitted_at, respond_by, assigned_at, assigned_to_id)
		SELECT 'q' || i, '08-' || i, CASE WHEN i % 50 = 0 THEN 'submitted' ELSE 'in_pathway' END, 'p' || i, @territory, @commune, 0, 0, 'self', 'fr', @t - i % 300 * @day, @t, @t - i % 300 * @day, date((@t - i % 300 * @day) / 1000 + 7 * 86400, 'unixepoch'), CASE WHEN i % 50 = 0 THEN NULL ELSE @t END, CASE WHEN i % 50 = 0 THEN NULL ELSE ${REFERENT} END FROM n`,
	`${number('@people')} INSERT INTO need (id, request_id, person_id, theme, status, created_at) SELECT 'n' || i || value, 'q' || i, 'p' || i, value, 'open', @t FROM n, json_each('["employment","housing"]')`,
	`${number('@people')} INSERT INTO pathway (id, person_id, territory_id, kind, started_at) SELECT 'w' || i, 'p' || i, @territory, 'social', @t - i % 300 * @day FROM n WHERE i % 50 <> 0`,
	`${number('@people')} INSERT INTO stage (id, pathway_id, position, name, target_days, day_type, state, entered_at, target_on, left_at)
		SELECT 's' || i || '-' || key, 'w' || i, key + 1, value, 30, 'calendar', CASE key WHEN 0 THEN 'done' WHEN 1 THEN 'current' ELSE 'upcoming' END, CASE WHEN key < 2 THEN @t - (60 - key * 30 + i % 60) * @day END, CASE WHEN key < 2 THEN date(@t / 1000 + (i % 60 - 20) * 86400, 'unixepoch') END, CASE key WHEN 0 THEN @t - (30 + i % 60) * @day END
		FROM n, json_each(@stageNames) WHERE i % 50 <> 0`,
	`${number('@people')} INSERT INTO step (id, pathway_id, person_id, title_sealed, owner, due_on, state, created_at, version)
		SELECT 't' || i || '-' || key, 'w' || i, 'p' || i, sealed('step.title_sealed:t' || i || '-' || key, 'Refaire mon CV'), value, date(@t / 1000 + (i % 90) * 86400, 'unixepoch'), 'planned', @t, 0
		FROM n, json_each('["person","person","referent"]') WHERE i % 50 <> 0`,
	`${number('@people')} INSERT INTO appointment (id, person_id, territory_id, referent_id, structure_id, type, mode, place_name, phone, local_day, local_time, zone, duration_minutes, starts_at, ends_at, state, answer, origin, sequence, created_at, planned_sequence, planned_answer)
		SELECT 'm' || i || '-' || value, 'p' || i, @territory, ${REFERENT}, @structure, 'follow_up', 'on_site', 'Mairie', '+33199000002', date(@t / 1000 + value * 86400, 'unixepoch'), '10:00', 'Europe/Paris', 60, @t + value * @day + i % @caseload * 1200000 + 3600000, @t + value * @day + i % @caseload * 1200000 + 7200000, CASE WHEN value < 0 THEN 'seen' ELSE 'booked' END, 'none', 'invitation', 0, @t, CASE WHEN value < 0 THEN NULL ELSE 0 END, 'none'
		FROM n, json_each('[-30, 5]')`,
	`${number('@people')} INSERT INTO reminder (id, once_key, kind, person_id, path, due_at, useful_until, state, attempts, sent_at, created_at, created_by_id)
		SELECT 'x' || i || '-' || value, 'x' || i || '-' || value, 'manual', 'p' || i, '/compte/messages', @t - value * @day, @t, 'sent', 0, @t - value * @day, @t - value * @day, ${REFERENT} FROM n, json_each('[20, 40]')`,
	`${number('@people')} INSERT INTO audit_entry (id, action, person_id, at, detail) SELECT 'u' || i, 'person.opened', 'p' || i, @t, '{}' FROM n`,
	`INSERT INTO session (id, account_id, kind, device, created_at, idle_until, ends_at) VALUES
		(@person, 'a5', 'own_phone', 'android', @t, @t + 20 * @day, @t + 20 * @day),
		(@referent, 'referent', 'professional', 'linux', @t, @t + @day, @t + @day),
		(@coordinator, 'coordinator', 'professional', 'linux', @t, @t + @day, @t + @day)`,
];
