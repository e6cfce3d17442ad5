/**
 * The operator's command line (`npm run portal -- <command>`): keys, territories, first coordinator, reference data,
 * backups, checks. It shows no personal data.
 */
import './node-version.mjs';
import Database from 'better-sqlite3';
import { defineCommand, runCommand, showUsage } from 'citty';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { createAccount, inviteAccount } from '../src/lib/server/accounts/commands.ts';
import { recordAudit } from '../src/lib/server/audit/commands.ts';
import { startDatabase } from '../src/lib/server/db/index.ts';
import { now } from '../src/lib/server/platform/clock.ts';
import { knownFiles } from '../src/lib/server/papers/queries.ts';
import { config, newKeys } from '../src/lib/server/platform/config.ts';
import { DomainError } from '../src/lib/server/platform/errors.ts';
import { shipSchemes } from '../src/lib/server/childcare/profiles.ts';
import { filesFolder } from '../src/lib/server/platform/files.ts';
import { importOffers } from '../src/lib/server/offers/commands.ts';
import { readOffers, type BrokenRow } from '../src/lib/server/offers/reading.ts';
import { createTerritory, importReference } from '../src/lib/server/territories/commands.ts';
import { getProfile, nationalProfile, PROFILES } from '../src/lib/server/territories/profiles.ts';
import { questionSetOf, setQuestions } from '../src/lib/server/requests/territory-questions.ts';
import { getTerritory, listStructures } from '../src/lib/server/territories/queries.ts';

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
		await startDatabase().raw.backup(args.file);
		// After the database: what it names is there, and what came since is swept after a restore.
		copyFiles(filesFolder(), filesBeside(args.file));
		const files = readdirSync(filesBeside(args.file)).length;
		console.log(`${args.file}: ${statSync(args.file).size} bytes. ${problemsOf(args.file)}`);
		console.log(`${filesBeside(args.file)}: ${files} file(s), to be kept with it.`);
	},
});

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
		const { databaseFile } = config();
		const half = `${databaseFile}.restoring`;
		rmSync(half, { force: true });
		const source = new Database(args.file, { readonly: true });
		await source.backup(half);
		source.close();
		// Sessions, codes and links of the past must not open anything again.
		const restored = new Database(half);
		restored.pragma('secure_delete = ON');
		for (const table of ['session', 'sign_in_code', 'invitation', 'answer_link']) restored.exec(`DELETE FROM ${table}`);
		restored.close();
		for (const suffix of ['-wal', '-shm']) rmSync(databaseFile + suffix, { force: true });
		if (existsSync(databaseFile)) renameSync(databaseFile, `${databaseFile}.before-restore`);
		const halfFiles = `${filesFolder()}.restoring`;
		rmSync(halfFiles, { recursive: true, force: true });
		copyFiles(filesBeside(args.file), halfFiles);
		rmSync(`${filesFolder()}.before-restore`, { recursive: true, force: true });
		if (existsSync(filesFolder())) renameSync(filesFolder(), `${filesFolder()}.before-restore`);
		renameSync(half, databaseFile);
		renameSync(halfFiles, filesFolder());
		console.log(`Restored. What it replaced ends in .before-restore, in ${path.dirname(databaseFile)}.`);
	},
});

const check = defineCommand({
	meta: { name: 'check', description: 'Checks configuration, database and files' },
	async run() {
		const { databaseFile, role } = config();
		const known = await knownFiles(startDatabase().read);
		const present = new Set(existsSync(filesFolder()) ? readdirSync(filesFolder()) : []);
		const missing = [...known].filter((id) => !present.has(id)).length;
		const problems = problemsOf(databaseFile);
		console.log(`configuration: ok (role ${role})\ndatabase: ${problems}\nfiles: ${known.size}, ${missing} missing`);
		if (problems !== 'ok' || missing > 0) process.exitCode = 1;
	},
});

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

const main = defineCommand({
	meta: { name: 'portal', description: 'Sans Couture, the operator’s command line' },
	subCommands: { keys, territory, questions, offers, invite, import: reference, backup, restore, check },
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
