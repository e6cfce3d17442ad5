/**
 * The operator's command line (`npm run portal -- <command>`): keys, territories, first coordinator, reference data,
 * backups, checks. It shows no personal data, but to write an archived file that somebody has a right to (`archived`).
 */
import './node-version.mjs';
import Database from 'better-sqlite3';
import { defineCommand, runCommand, showUsage } from 'citty';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import {
	cpSync,
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	statSync,
	writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { createAccount, inviteAccount } from '../src/lib/server/accounts/commands.ts';
import { accountsOfContact } from '../src/lib/server/accounts/queries.ts';
import { recordAudit } from '../src/lib/server/audit/commands.ts';
import { openDatabase, type Queries } from '../src/lib/server/db/client.ts';
import { startDatabase } from '../src/lib/server/db/index.ts';
import { migrateDatabase } from '../src/lib/server/db/migrate.ts';
import { refuseWrongKey } from '../src/lib/server/db/ownership.ts';
import { endWhatOpens } from '../src/lib/server/db/restored.ts';
import { emptyWriteLog } from '../src/lib/server/db/write-log.ts';
import { eraseAgain, erasedFile, erasuresOf, readErased, type Erasure } from '../src/lib/server/erased.ts';
import { now } from '../src/lib/server/platform/clock.ts';
import { knownFiles } from '../src/lib/server/papers/queries.ts';
import { config, newKeys } from '../src/lib/server/platform/config.ts';
import { DomainError } from '../src/lib/server/platform/errors.ts';
import { shipSchemes } from '../src/lib/server/childcare/profiles.ts';
import { filesFolder } from '../src/lib/server/platform/files.ts';
import { importOffers } from '../src/lib/server/offers/commands.ts';
import { readOffers, type BrokenRow } from '../src/lib/server/offers/reading.ts';
import { createTerritory, importReference } from '../src/lib/server/territories/commands.ts';
import { setSettings } from '../src/lib/server/territories/settings-form.ts';
import { getProfile, nationalProfile, PROFILES } from '../src/lib/server/territories/profiles.ts';
import { questionSetOf, setQuestions } from '../src/lib/server/requests/territory-questions.ts';
import { resealAll } from '../src/lib/server/resealing.ts';
import { planAgain } from '../src/lib/server/reminders/planning.ts';
import { findArchived } from '../src/lib/server/retention.ts';
import { addMonths, localDay } from '../src/lib/server/territories/calendar.ts';
import { getTerritory, lastHoliday, listStructures } from '../src/lib/server/territories/queries.ts';

const keys = defineCommand({
	meta: { name: 'keys', description: 'Prints a fresh set of secrets for the environment' },
	run() {
		for (const [name, value] of Object.entries(newKeys())) console.log(`${name}=${value}`);
	},
});

const reference = defineCommand({
	meta: { name: 'import', description: 'Brings communes and public holidays of reference/ up to date' },
	async run() {
		const { municipalities, holidays } = await startDatabase().write((tx) => importReference(tx, config().root));
		console.log(`${municipalities} communes and ${holidays} public holidays are up to date.`);
	},
});

const territory = defineCommand({
	meta: {
		name: 'territory',
		description: `Creates a territory: ${PROFILES.map(({ id }) => id).join(', ')}, or a code of reference/territoires-spie`,
	},
	args: {
		name: { type: 'positional', description: 'Profile, or code of the list', required: true },
		phone: { type: 'string', description: 'Number that answers (needed for a code)' },
		email: { type: 'string', description: 'Address that answers (needed for a code)' },
		address: { type: 'string', description: 'Postal address (needed for a code)' },
	},
	async run({ args }) {
		const { root } = config();
		const known = PROFILES.some(({ id }) => id === args.name);
		if (!known && !(args.phone && args.email && args.address))
			throw new Error(`For ${args.name}, give --phone, --email and --address: receipts must name who answers.`);
		const contact = { phone: args.phone ?? '', email: args.email ?? '', postalAddress: args.address ?? '' };
		const profile = known ? getProfile(args.name) : nationalProfile(root, args.name, contact);
		await startDatabase().write(async (tx) => {
			await importReference(tx, root);
			const { id } = await createTerritory(tx, profile, now());
			await shipSchemes(tx, id, now());
			await recordAudit(tx, { action: 'territory.created', subjectId: id, at: now() });
		});
		console.log(`${profile.name} is ready (${profile.id}). Next: npm run portal -- invite <e-mail> ${profile.id}`);
	},
});

const questions = defineCommand({
	meta: {
		name: 'questions',
		description: 'Prints what the request asks in a territory, as JSON; with a file of the same shape, changes it',
	},
	args: {
		territory: { type: 'positional', description: 'Territory id', required: true },
		file: { type: 'positional', description: 'Themes to change, with their questions', required: false },
	},
	async run({ args }) {
		const db = startDatabase();
		const { id: territoryId } = await getTerritory(db.read, args.territory);
		if (!args.file) {
			console.log(JSON.stringify(await questionSetOf(db.read, territoryId), null, '\t'));
			return;
		}
		const content: unknown = JSON.parse(readFileSync(args.file, 'utf8'));
		const themes = await db.write((tx) => setQuestions(tx, { territoryId, content, now: now() }));
		console.log(`${territoryId} now asks its own questions about: ${themes.join(', ')}.`);
	},
});

const settings = defineCommand({
	meta: {
		name: 'settings',
		description: 'Prints the settings of a territory, as JSON; with a file of the same shape, changes those it names',
	},
	args: {
		territory: { type: 'positional', description: 'Territory id', required: true },
		file: { type: 'positional', description: 'Settings to change', required: false },
	},
	async run({ args }) {
		const db = startDatabase();
		const { id: territoryId, settings } = await getTerritory(db.read, args.territory);
		if (!args.file) {
			console.log(JSON.stringify(settings, null, '\t'));
			return;
		}
		const content = readJson(args.file);
		const names = await db.write(async (tx) => {
			const changed = await setSettings(tx, { territoryId, content, now: now() });
			await planAgain(tx, { territoryId, now: now() });
			return changed;
		});
		console.log(`${territoryId} has changed: ${names.join(', ')}.`);
	},
});

const offers = defineCommand({
	meta: { name: 'offers', description: 'What exists, where, for which theme (src/lib/server/offers/README.md)' },
	subCommands: {
		import: defineCommand({
			meta: {
				name: 'import',
				description:
					'Makes the offers the same as a data·inclusion file (schema 1, JSON: structures and services, one file or two)',
			},
			args: {
				file: { type: 'positional', description: 'The file; more may follow, read together', required: true },
				few: { type: 'boolean', description: 'More than half of what is known is meant to go', default: false },
			},
			async run({ args }) {
				const at = now();
				const read = readOffers(args._.map(readJson), at.toISOString().slice(0, 10));
				const { added, kept, removed, elsewhere } = await startDatabase().write((tx) =>
					importOffers(tx, read, { now: at, few: args.few }),
				);
				tellBroken(read.broken);
				console.log(
					`${added} services are new, ${kept} are kept, ${removed} are gone; ${elsewhere} are elsewhere or answer no theme, ` +
						`${read.duplicates} were there twice, ${read.broken.length} rows are broken.`,
				);
			},
		}),
	},
});

function readJson(file: string): unknown {
	try {
		return JSON.parse(readFileSync(file, 'utf8').replace(/^\ufeff/, ''));
	} catch (error) {
		throw new Error(`${file} is not a whole JSON file: ${(error as Error).message}`, { cause: error });
	}
}

const MOST_TOLD = 20;
function tellBroken(broken: BrokenRow[]): void {
	for (const { row, field, problem } of broken.slice(0, MOST_TOLD)) console.error(`${row}: ${field}: ${problem}`);
	if (broken.length > MOST_TOLD) console.error(`… and ${broken.length - MOST_TOLD} more.`);
}

const invite = defineCommand({
	meta: { name: 'invite', description: 'Makes the account of a coordinator and prints their invitation, valid 7 days' },
	args: {
		email: { type: 'positional', description: 'Their e-mail', required: true },
		territory: { type: 'positional', description: 'Territory id', required: true },
		name: { type: 'string', description: 'Name shown to colleagues', default: 'Coordination' },
	},
	async run({ args }) {
		const db = startDatabase();
		const structures = await listStructures(db.read, args.territory);
		const place = structures.find(({ kind }) => kind === 'departements') ?? structures[0];
		if (!place) throw new Error(`${args.territory} has no structure yet: create the territory first.`);
		const token = await db.write(async (tx) => {
			const known = await accountsOfContact(tx, args.email);
			if (known.some(({ role }) => role === 'coordinator' || role === 'referent'))
				throw new Error(`${args.email} has an account already, and signs in at ${config().origin}/connexion`);
			const { id: accountId } = await createAccount(tx, {
				role: 'coordinator',
				displayName: args.name,
				email: args.email,
				territoryId: args.territory,
				structureId: place.id,
				locale: 'fr',
				now: now(),
			});
			await recordAudit(tx, { action: 'account.invited', subjectId: accountId, at: now() });
			return (await inviteAccount(tx, { accountId, createdById: null, now: now() })).token;
		});
		console.log(`${config().origin}/invitation/${token}`);
	},
});

const backup = defineCommand({
	meta: {
		name: 'backup',
		description: 'Copies the database and the files of people while it runs; what is sealed stays sealed',
	},
	args: { file: { type: 'positional', description: 'Where to', required: true } },
	async run({ args }) {
		for (const place of [args.file, filesBeside(args.file)])
			if (existsSync(place)) throw new Error(`${place} exists already.`);
		ownerAlone();
		// As it is: the portal that runs may be older than this command, and must not find its database brought up to date.
		const source = new Database(config().databaseFile, { readonly: true, fileMustExist: true });
		await source.backup(args.file);
		source.close();
		// After the database: what it names is there, and what came since is swept after a restore.
		copyFiles(filesFolder(), filesBeside(args.file));
		const files = readdirSync(filesBeside(args.file)).length;
		const problems = problemsOf(args.file);
		if (problems !== 'ok') process.exitCode = 1;
		console.log(`${args.file}: ${statSync(args.file).size} bytes. ${problems}`);
		console.log(`${filesBeside(args.file)}: ${files} file(s), to be kept with it.`);
	},
});

/** What is written from now on is read by whoever runs the command, nobody else of the machine. */
const ownerAlone = () => process.umask(0o077);

/** Files of people stand beside the copy of the database. */
const filesBeside = (file: string) => `${file}.files`;

function copyFiles(from: string, to: string): void {
	mkdirSync(to, { recursive: true, mode: 0o700 });
	if (existsSync(from)) cpSync(from, to, { recursive: true, preserveTimestamps: true });
}

const restore = defineCommand({
	meta: { name: 'restore', description: 'Puts a backup in place of the database; the portal must be stopped' },
	args: { file: { type: 'positional', description: 'The backup', required: true } },
	async run({ args }) {
		const problems = problemsOf(args.file);
		if (problems !== 'ok') throw new Error(`${args.file} cannot be used: ${problems}`);
		ownerAlone();
		const { databaseFile } = config();
		refuseWhileItRuns(databaseFile);
		const half = `${databaseFile}.restoring`;
		rmSync(half, { force: true });
		const source = new Database(args.file, { readonly: true });
		await source.backup(half);
		source.close();
		// Sessions, codes and links of the past must not open anything again.
		const restored = new Database(half);
		endWhatOpens(restored, now());
		const { lastAt, ids } = lastWrittenIn(restored);
		restored.close();
		const journal = await journalOfReplaced(databaseFile, ids);
		const halfFiles = `${filesFolder()}.restoring`;
		rmSync(halfFiles, { recursive: true, force: true });
		copyFiles(filesBeside(args.file), halfFiles);
		const erasures = [...readErased(erasedFile()), ...(journal ?? [])];
		const again = await forgetAgain(half, halfFiles, erasures).catch((error: unknown) => {
			// Refused, it leaves no other copy of people's files behind.
			for (const suffix of ['', '-wal', '-shm', '.lock']) rmSync(half + suffix, { force: true });
			rmSync(halfFiles, { recursive: true, force: true });
			throw error;
		});
		rmSync(`${half}.lock`, { force: true });
		for (const suffix of ['-wal', '-shm']) rmSync(databaseFile + suffix, { force: true });
		if (existsSync(databaseFile)) renameSync(databaseFile, `${databaseFile}.before-restore`);
		rmSync(`${filesFolder()}.before-restore`, { recursive: true, force: true });
		if (existsSync(filesFolder())) renameSync(filesFolder(), `${filesFolder()}.before-restore`);
		renameSync(half, databaseFile);
		renameSync(halfFiles, filesFolder());
		console.log(`Restored. What it replaced ends in .before-restore, in ${path.dirname(databaseFile)}.`);
		console.log(`${again} file(s) that were erased or archived since this backup are so again.`);
		tellUnknownErasures(lastAt, journal !== null);
	},
});

/** Of a copy: when its journal was last written to, and lines that whatever went on from it has as well. */
function lastWrittenIn(copy: Database.Database): { lastAt: Date; ids: string[] } {
	const rows = copy.prepare('SELECT id, at FROM audit_entry ORDER BY at DESC LIMIT 500').all() as {
		id: string;
		at: number;
	}[];
	return { lastAt: new Date(rows[0]?.at ?? 0), ids: rows.map(({ id }) => id) };
}

/**
 * Who was erased, as the database that is replaced tells it; null when it is not there, is damaged, or is another than the one the
 * copy was made of.
 */
async function journalOfReplaced(databaseFile: string, idsOfCopy: string[]): Promise<Erasure[] | null> {
	if (!existsSync(databaseFile)) return null;
	const handle = new Database(databaseFile, { readonly: true });
	try {
		const known = handle
			.prepare('SELECT 1 FROM audit_entry WHERE id IN (SELECT value FROM json_each(?)) LIMIT 1')
			.get(JSON.stringify(idsOfCopy));
		return known ? await erasuresOf(drizzle(handle) as Queries) : null;
	} catch {
		return null;
	} finally {
		handle.close();
	}
}

/**
 * Before anybody reads the copy: brings it up to date, makes it forget again, and takes the files that are then nobody's.
 * @returns how many people left again @throws WrongDatabaseError when no key of the environment opens it
 */
async function forgetAgain(half: string, files: string, erasures: Erasure[]): Promise<number> {
	migrateDatabase(half, path.join(config().root, 'drizzle', 'sqlite'));
	const db = openDatabase(half);
	try {
		await refuseWrongKey(db);
		const again = await eraseAgain(db, erasures, now());
		const known = await knownFiles(db.read);
		for (const name of readdirSync(files)) if (!known.has(name)) rmSync(path.join(files, name));
		emptyWriteLog(db);
		return again;
	} finally {
		db.close();
	}
}

const YEAR_MS = 365 * 24 * 60 * 60_000;

/** Who may be back without anybody knowing. */
function tellUnknownErasures(lastAt: Date, isJournalKnown: boolean): void {
	const yearAgo = new Date(now().getTime() - YEAR_MS);
	if (isJournalKnown && lastAt >= yearAgo) return;
	const until = isJournalKnown ? ` and before ${yearAgo.toISOString()}, which its journal no longer tells` : '';
	const why = isJournalKnown ? '' : 'The database it replaced is missing, damaged, or another one. ';
	console.error(
		`${why}Who was erased after ${lastAt.toISOString()}${until}, is known from ${erasedFile()} alone: ` +
			`${readErased(erasedFile()).length} line(s). Whoever is not in it is back, and has to be erased again.`,
	);
}

/**
 * Writes what was promised and stands beside the database into it, so that `.before-restore` holds everything. SQLite refuses it
 * while anybody else has the database open.
 */
function refuseWhileItRuns(databaseFile: string): void {
	if (!existsSync(databaseFile)) return;
	const handle = new Database(databaseFile, { timeout: 1_000 });
	try {
		if (handle.pragma('journal_mode = DELETE', { simple: true }) !== 'delete') throw new Error('still open');
	} catch (error) {
		// What is damaged is to be replaced: nobody writes to it.
		if (/^SQLITE_(NOTADB|CORRUPT)/.test(String((error as { code?: unknown }).code))) return;
		throw new Error('The portal still runs on this database: stop it first.', { cause: error });
	} finally {
		handle.close();
	}
}

const reseal = defineCommand({
	meta: {
		name: 'reseal',
		description: 'Seals texts and files under the present DATA_KEY; DATA_KEY_PREVIOUS opens those that are not yet',
	},
	async run() {
		if (!config().dataKeyPrevious) throw new Error('DATA_KEY_PREVIOUS is missing: the key before the present one.');
		const { texts, files, broken } = await resealAll(startDatabase());
		console.log(`${texts} texts and ${files} files are sealed under the present key.`);
		for (const [where, count] of broken) console.error(`${where}: ${count} that neither key opens`);
		if (broken.size > 0) process.exitCode = 1;
		else console.log('Nothing is left under the key before: DATA_KEY_PREVIOUS may go, but for backups made until now.');
	},
});

const check = defineCommand({
	meta: { name: 'check', description: 'Checks configuration, database, key and files; or those of a backup' },
	args: { file: { type: 'positional', description: 'A backup', required: false } },
	async run({ args }) {
		const { databaseFile, role } = config();
		const [file, folder] = args.file ? [args.file, filesBeside(args.file)] : [databaseFile, filesFolder()];
		if (!existsSync(file)) throw new Error(`${file} is not there.`);
		const problems = problemsOf(file);
		const db = openDatabase(file);
		await refuseWrongKey(db);
		const known = await knownFiles(db.read);
		const holidaysUntil = await lastHoliday(db.read);
		db.close();
		const present = new Set(existsSync(folder) ? readdirSync(folder) : []);
		const missing = [...known].filter((id) => !present.has(id)).length;
		console.log(`configuration: ok (role ${role})\ndatabase: ${problems}\nfiles: ${known.size}, ${missing} missing`);
		const isShort = !holidaysUntil || holidaysUntil < addMonths(localDay(now(), 'UTC'), HOLIDAYS_AHEAD_MONTHS);
		const advice = isShort ? ': bring reference/jours-feries up to date, then `npm run portal -- import`' : '';
		console.log(`public holidays: until ${holidaysUntil ?? 'never'}${advice}`);
		if (problems !== 'ok' || missing > 0 || isShort) process.exitCode = 1;
	},
});

/** What is planned furthest ahead, a review of a pathway, falls within it; a day off that is unknown counts as open. */
const HOLIDAYS_AHEAD_MONTHS = 12;

/** `ok`, or what SQLite found. */
function problemsOf(file: string): string {
	const handle = new Database(file, { readonly: true });
	try {
		const integrity = String(handle.pragma('integrity_check', { simple: true }));
		const broken = (handle.pragma('foreign_key_check') as unknown[]).length;
		return broken > 0 ? `${broken} broken reference(s)` : integrity;
	} catch (error) {
		return (error as Error).message;
	} finally {
		handle.close();
	}
}

const archived = defineCommand({
	meta: {
		name: 'archived',
		description: 'Writes the archived file of a person who asks for theirs, or whom a court asks about, as JSON',
	},
	args: {
		territory: { type: 'positional', description: 'Territory id', required: true },
		name: { type: 'positional', description: 'Family name', required: true },
		birth: { type: 'positional', description: 'Birth date, YYYY-MM-DD', required: true },
		file: { type: 'positional', description: 'Where to', required: true },
	},
	async run({ args }) {
		if (existsSync(args.file)) throw new Error(`${args.file} exists already.`);
		const db = startDatabase();
		const { id: territoryId } = await getTerritory(db.read, args.territory);
		const found = await findArchived(db.read, { territoryId, lastName: args.name, birthDate: args.birth });
		// Written in the journal before anybody reads it.
		await db.write(async (tx) => {
			for (const { id } of found) await recordAudit(tx, { action: 'archive.read', subjectId: id, at: now() });
		});
		if (found.length > 0) writeFileSync(args.file, JSON.stringify(found, null, '\t'), { mode: 0o600 });
		console.log(`${found.length} archived file(s).`);
	},
});

const main = defineCommand({
	meta: { name: 'portal', description: 'Sans Couture, the operator’s command line' },
	subCommands: {
		keys,
		territory,
		questions,
		settings,
		offers,
		invite,
		import: reference,
		backup,
		restore,
		reseal,
		archived,
		check,
	},
});

const rawArgs = process.argv.slice(2);
if (rawArgs.length === 0 || rawArgs.includes('--help')) await showUsage(main);
else
	await runCommand(main, { rawArgs }).catch((error: unknown) => {
		// A refusal is a sentence, not a stack.
		const known =
			error instanceof DomainError
				? `Refused: ${error.code} ${JSON.stringify(error.detail)}`
				: (error as Error).message;
		console.error(known);
		process.exitCode = 1;
	});
