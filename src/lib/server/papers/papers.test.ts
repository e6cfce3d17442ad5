import { existsSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import { aPdf, aPhoto } from '../../../../tests/factories/files.ts';
import { aPaper, aPerson, aReferent, aRequest, aStructure, NOW } from '../../../../tests/factories/index.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import { listOpenings } from '../audit/queries.ts';
import { openAid } from '../childcare/commands.ts';
import type { Db } from '../db/client.ts';
import { auditEntry, childcareAid, paper, paperPage, supportRequest } from '../db/schema/index.ts';
import { filesFolder, sweepFiles, writeFile } from '../platform/files.ts';
import { newId } from '../platform/ids.ts';
import {
	examinePaper,
	forgetReplacedPapers,
	joinPaper,
	movePapers,
	recordPaperOpening,
	refusePaper,
	withdrawPaper,
	type Joining,
} from './commands.ts';
import { dropFiles, keepFiles, readPage, sweepPapers } from './files.ts';
import { getPage, getPaper, papersOf, papersOfPerson } from './queries.ts';

let db: Db;
let own: { personId: string; accountId: string };
let requestId: string;
let aidId: string;
const later = (days: number) => new Date(NOW.getTime() + days * 86_400_000);
const by = () => ({ accountId: own.accountId, role: 'beneficiary' as const, structureId: null });
const onDisk = () => (existsSync(filesFolder()) ? readdirSync(filesFolder()) : []);
const join = (more: Partial<Parameters<typeof aPaper>[1]> = {}) => aPaper(db, { of: { requestId }, ...own, ...more });
const joinToAid = (more: Partial<Joining> = {}) => join({ of: { aidId }, kind: 'family_record', ...more });

beforeEach(async () => {
	rmSync(filesFolder(), { recursive: true, force: true });
	db = await testDatabase();
	const referent = await aReferent(db);
	const { id: personId, account, territoryId } = await aPerson(db, { referent });
	own = { personId, accountId: account.id };
	requestId = (await aRequest(db, { personId, territoryId })).id;
	await aStructure(db, { territoryId, decidesAids: true });
	aidId = (await db.write((tx) => openAid(tx, { personId, territoryId, requestId, now: NOW })))!.id;
});

describe('what is kept', () => {
	test('a page is given back as it was examined, to whoever knows its id alone', async () => {
		const bytes = aPdf('LE-CONTENU');
		const { pages } = await join({ files: [{ name: 'bail.pdf', bytes }], label: 'Mon bail' });
		expect((await readPage(pages[0]!.id)).equals(bytes)).toBe(true);
		const { paper: found, page, personId } = await getPage(db.read, pages[0]!.id);
		expect({ label: found.label, name: page.name, type: page.type, size: page.size, personId }).toEqual({
			...{ label: 'Mon bail', name: 'bail.pdf', type: 'pdf', size: bytes.length, personId: own.personId },
		});
	});

	test('on the disk nothing of it can be read, and nothing of its name in the database', async () => {
		await join({ files: [{ name: 'CANARI-NOM.pdf', bytes: aPdf('CANARI-DEDANS') }], label: 'CANARI-TITRE' });
		const files = onDisk().map((name) => readFileSync(path.join(filesFolder(), name)));
		const rows = JSON.stringify([await db.read.select().from(paper), await db.read.select().from(paperPage)]);
		expect(files).toHaveLength(1);
		for (const kept of [...files.map((bytes) => bytes.toString('latin1')), rows])
			expect(kept).not.toMatch(/CANARI|PDF-1/);
	});

	test('a file that was moved to the name of another opens no more', async () => {
		const [one, other] = [await join(), await join()];
		const at = (pageId: string) => path.join(filesFolder(), pageId);
		writeFileSync(at(one.pages[0]!.id), readFileSync(at(other.pages[0]!.id)));
		await expect(readPage(one.pages[0]!.id)).rejects.toThrow();
	});

	test('one file that is refused leaves none of the form on the disk', async () => {
		const files = [
			{ name: 'a.jpg', bytes: aPhoto() },
			{ name: 'b.svg', bytes: Buffer.from('<svg/>') },
		];
		await expect(keepFiles(files)).rejects.toMatchObject({ code: 'paper_type' });
		expect(onDisk()).toEqual([]);
	});

	test('an id that is a path leads nowhere', async () => {
		for (const id of ['../portal.db', '..', 'a/b', '/etc/passwd', '', 'a'.repeat(500)])
			await expect(readPage(id)).rejects.toThrow('not the id of a file');
	});
});

describe('one form, one paper', () => {
	test('a form heard twice, and its parallel twins, make one paper', async () => {
		const formKey = newId();
		const joined = await Promise.all(Array.from({ length: 8 }, () => join({ formKey })));
		expect(new Set(joined.map(({ id }) => id)).size).toBe(1);
		expect(joined.filter(({ isReplay }) => !isReplay)).toHaveLength(1);
		expect(await papersOf(db.read, { requestId })).toHaveLength(1);
	});

	test('the same key from somebody else is another form', async () => {
		const formKey = newId();
		const other = await aPerson(db);
		const request = await aRequest(db, { personId: other.id });
		await join({ formKey });
		const theirs = await aPaper(db, {
			...{ of: { requestId: request.id }, personId: other.id, accountId: other.account.id, formKey },
		});
		expect(theirs.isReplay).toBe(false);
	});

	test('ten files at most, counted over all papers that stand; the eleventh is refused', async () => {
		const files = Array.from({ length: 9 }, () => ({ name: 'p.jpg', bytes: aPhoto() }));
		await join({ files });
		await join();
		await expect(join()).rejects.toMatchObject({ code: 'papers_too_many' });
		await joinToAid();
		expect((await papersOf(db.read, { requestId })).flatMap(({ pages }) => pages)).toHaveLength(10);
	});

	test('thirty photos at once are refused whole', async () => {
		const files = Array.from({ length: 30 }, () => ({ name: 'p.jpg', bytes: aPhoto() }));
		await expect(join({ files })).rejects.toMatchObject({ code: 'papers_too_many' });
		expect(await papersOf(db.read, { requestId })).toEqual([]);
	});
});

describe('a paper that was asked for', () => {
	test('is replaced until it is examined, and counts once', async () => {
		for (let time = 0; time < 12; time++) await joinToAid();
		const papers = await papersOf(db.read, { aidId });
		expect(papers.map(({ state, kind }) => [state, kind])).toEqual([['sent', 'family_record']]);
		const found = await getPaper(db.read, papers[0]!.id);
		await db.write((tx) => examinePaper(tx, { ...found, by: by(), now: NOW }));
		await expect(joinToAid()).rejects.toMatchObject({ code: 'paper_examined', kind: 'conflict' });
	});

	test('takes further pages one by one, in their order', async () => {
		const { id } = await joinToAid({ label: 'Livret' });
		await joinToAid({ addTo: id });
		await joinToAid({ addTo: id });
		const [only, ...others] = await papersOf(db.read, { aidId });
		expect(others).toEqual([]);
		expect(only!.pages).toHaveLength(3);
	});

	test('takes no page of a paper of something else, nor of one that was examined', async () => {
		const elsewhere = await join();
		await expect(joinToAid({ addTo: elsewhere.id })).rejects.toMatchObject({ kind: 'not_found' });
		const mine = await joinToAid();
		const found = await getPaper(db.read, mine.id);
		await db.write((tx) => examinePaper(tx, { ...found, by: by(), now: NOW }));
		await expect(joinToAid({ addTo: mine.id })).rejects.toMatchObject({ code: 'paper_examined' });
	});

	test('asked for again, it says why, and the next one takes its place', async () => {
		const { id } = await joinToAid();
		const found = await getPaper(db.read, id);
		await db.write((tx) => refusePaper(tx, { ...found, reason: 'cut', note: 'Le bas manque', by: by(), now: NOW }));
		expect((await papersOf(db.read, { aidId }))[0]).toMatchObject({
			state: 'refused',
			reason: 'cut',
			note: 'Le bas manque',
		});
		await joinToAid();
		expect((await papersOf(db.read, { aidId })).map(({ state }) => state)).toEqual(['sent']);
	});

	test('of a request that is over, is not asked for again: it could not be sent', async () => {
		const { id } = await join();
		const found = await getPaper(db.read, id);
		await db.write((tx) => tx.update(supportRequest).set({ status: 'closed' }).where(eq(supportRequest.id, requestId)));
		const asked = db.write((tx) => refusePaper(tx, { ...found, reason: 'cut', by: by(), now: NOW }));
		await expect(asked).rejects.toMatchObject({ code: 'paper_over', kind: 'conflict' });
		expect((await papersOf(db.read, { requestId })).map(({ state }) => state)).toEqual(['sent']);
	});

	test('replaced while it was being read, it can be neither accepted nor asked for again', async () => {
		const { id } = await joinToAid();
		const read = await getPaper(db.read, id);
		await joinToAid();
		const examination = { ...read, by: by(), now: NOW };
		for (const conclude of [
			db.write((tx) => examinePaper(tx, examination)),
			db.write((tx) => refusePaper(tx, { ...examination, reason: 'cut' })),
		])
			await expect(conclude).rejects.toMatchObject({ code: 'paper_replaced' });
	});
});

describe('what goes', () => {
	test('a paper that nobody examined is taken back with its files, another is not', async () => {
		const { id, pages } = await join();
		const found = await getPaper(db.read, id);
		await dropFiles(await db.write((tx) => withdrawPaper(tx, { ...found, by: by(), now: NOW })));
		expect(onDisk()).not.toContain(pages[0]!.id);
		const other = await getPaper(db.read, (await join()).id);
		await db.write((tx) => examinePaper(tx, { ...other, by: by(), now: NOW }));
		await expect(db.write((tx) => withdrawPaper(tx, { ...other, by: by(), now: NOW }))).rejects.toThrow(
			'paper_examined',
		);
	});

	/** As if it had been written two hours ago. */
	const age = (name: string) => {
		const old = new Date(Date.now() - 2 * 3_600_000);
		utimesSync(path.join(filesFolder(), name), old, old);
	};

	test('files of a person who is gone go with the next sweep, those of others stay', async () => {
		const gone = await join();
		const other = await aPerson(db);
		const request = await aRequest(db, { personId: other.id });
		const kept = await aPaper(db, {
			...{ of: { requestId: request.id }, personId: other.id, accountId: other.account.id },
		});
		onDisk().forEach(age);
		await db.write((tx) => tx.delete(paper).where(eq(paper.requestId, requestId)));
		await sweepPapers(db);
		expect(onDisk()).toEqual([kept.pages[0]!.id]);
		await expect(readPage(gone.pages[0]!.id)).rejects.toThrow();
	});

	test('rows go with the request or the aid they are joined to', async () => {
		await join();
		await joinToAid();
		await db.write(async (tx) => {
			await tx.delete(childcareAid).where(eq(childcareAid.id, aidId));
			await tx.delete(supportRequest).where(eq(supportRequest.id, requestId));
		});
		expect([await db.read.select().from(paper), await db.read.select().from(paperPage)]).toEqual([[], []]);
	});

	test('what a killed process left is swept after an hour, not while it is being sent', async () => {
		await writeFile('a'.repeat(22), Buffer.from('half'));
		writeFileSync(path.join(filesFolder(), 'b'.repeat(22) + '.half'), 'half');
		expect(await sweepFiles(new Set())).toBe(0);
		onDisk().forEach(age);
		expect(await sweepFiles(new Set())).toBe(2);
		expect(onDisk()).toEqual([]);
	});

	test('a replaced version is forgotten after 30 days', async () => {
		await joinToAid();
		await joinToAid();
		await db.write((tx) => forgetReplacedPapers(tx, later(29)));
		expect(await db.read.select().from(paper)).toHaveLength(2);
		await db.write((tx) => forgetReplacedPapers(tx, later(31)));
		expect(await db.read.select().from(paper)).toHaveLength(1);
	});
});

describe('what is written of it', () => {
	test('each opening by a professional is in the person’s own list', async () => {
		const found = await getPaper(db.read, (await join()).id);
		const referent = await aReferent(db);
		const reader = { accountId: referent.id, role: 'referent' as const, structureId: referent.structureId };
		for (const minutes of [0, 1])
			await db.write((tx) =>
				recordPaperOpening(tx, { ...found, by: reader, now: new Date(NOW.getTime() + minutes * 60_000) }),
			);
		const openings = await listOpenings(db.read, own.personId);
		expect(openings.map(({ action, actorName }) => [action, actorName])).toEqual(
			Array(2).fill(['paper.opened', referent.displayName]),
		);
	});

	test('the journal says neither name nor title', async () => {
		await join({ files: [{ name: 'CANARI.pdf', bytes: aPdf() }], label: 'CANARI' });
		expect(JSON.stringify(await db.read.select().from(auditEntry))).not.toContain('CANARI');
	});

	test('a person’s copy of their data names their papers and nobody else’s', async () => {
		await join({ label: 'Bail' });
		await joinToAid();
		const other = await aPerson(db);
		const request = await aRequest(db, { personId: other.id });
		await aPaper(db, {
			of: { requestId: request.id },
			personId: other.id,
			accountId: other.account.id,
			label: 'Autre',
		});
		const papers = await papersOfPerson(db.read, own.personId);
		expect(papers.map(({ label, kind }) => label ?? kind).sort()).toEqual(['Bail', 'family_record']);
	});
});

test('papers of a request that went into another are read with that one', async () => {
	await join({ label: 'Bail' });
	const kept = await aRequest(db, { personId: own.personId, status: 'closed' });
	await db.write((tx) => movePapers(tx, { from: requestId, to: kept.id }));
	expect((await papersOf(db.read, { requestId: kept.id })).map(({ label }) => label)).toEqual(['Bail']);
	expect(await papersOf(db.read, { requestId })).toEqual([]);
});

test('a page joined with nothing is no paper', async () => {
	const joining: Joining = {
		of: { requestId },
		personId: own.personId,
		pages: [],
		formKey: newId(),
		most: 10,
		by: by(),
		now: NOW,
	};
	await expect(db.write((tx) => joinPaper(tx, joining))).rejects.toMatchObject({ code: 'paper_missing' });
});
