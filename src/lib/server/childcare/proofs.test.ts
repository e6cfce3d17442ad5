import { beforeEach, expect, test } from 'vitest';
import { aPerson } from '../../../../tests/factories/index.ts';
import { anAidSetting, on, SENT } from '../../../../tests/support/aids.ts';
import { aidProof } from '../db/schema/index.ts';
import { makeProof, proofOf, revokeProofs, sheetOf, type ProofFacts } from './proofs.ts';

let given: Awaited<ReturnType<typeof anAidSetting>>;
let own: { personId: string; aidId: string; by: ReturnType<typeof given.as>; now: Date };
const FACTS: ProofFacts = {
	reference: '08-G-AAAA',
	name: null,
	person: 'Amina Belkacem',
	children: ['Léa'],
	status: 'granted',
	amountCents: 41_600,
	periodFrom: null,
	periodTo: null,
	hoursPerWeek: null,
	decider: 'CMS de Sedan',
	on: '2026-03-02',
	zone: 'Europe/Paris',
};

beforeEach(async () => {
	given = await anAidSetting();
	const { id: aidId } = (await given.open())!;
	const { person, as } = given;
	own = { personId: person.id, aidId, by: as({ ...person.account, structureId: null }), now: SENT };
});
const make = (of = own) => given.db.write((tx) => makeProof(tx, { ...of, facts: FACTS }));
const check = (token: string, now = SENT) => proofOf(given.db.read, token, now);

test('the address shows what the paper says, and nothing more', async () => {
	const { token } = await make();
	expect(await check(token)).toEqual(FACTS);
	expect(await sheetOf(given.db.read, own)).toEqual({ facts: FACTS, token });
});

test('it cannot be guessed, and the table neither opens it nor tells what it says', async () => {
	const { token } = await make();
	expect(token).toMatch(/^[\w-]{43}$/);
	const [row] = await given.db.read.select().from(aidProof);
	expect(JSON.stringify(row)).not.toContain(token);
	expect(JSON.stringify(row)).not.toMatch(/Amina|Léa|41600/);
	for (const guess of ['', 'x', token.slice(1), `${token}a`, row!.tokenHash]) expect(await check(guess)).toBeNull();
});

test('cancelled, replaced, three months old or overtaken by a change, it proves nothing, and nobody learns which', async () => {
	await given.change(own.aidId, 'under_review');
	await given.change(own.aidId, 'granted', { amountCents: 41_600 });
	const first = await make();
	const second = await make();
	expect(await check(first.token)).toBeNull();
	expect(await check(second.token, on('2026-06-02', '21:00'))).toEqual(FACTS);
	expect(await check(second.token, on('2026-06-02', '22:30'))).toBeNull();
	await given.db.write((tx) => revokeProofs(tx, own));
	expect(await check(second.token)).toBeNull();
	const third = await make();
	await given.change(own.aidId, 'paid');
	expect(await check(third.token)).toBeNull();
	expect(await sheetOf(given.db.read, own)).toBeNull();
});

test('a sheet printed while the file was examined proves nothing once silence refused it; a new one says so', async () => {
	const { token } = await make();
	expect(await check(token, on('2026-05-01'))).toEqual(FACTS);
	expect(await check(token, on('2026-05-02'))).toBeNull();
	const late = { ...own, now: on('2026-05-02') };
	expect(await sheetOf(given.db.read, late)).toBeNull();
	const facts = { ...FACTS, implicitlyRefused: true };
	const silent = await given.db.write((tx) => makeProof(tx, { ...late, facts }));
	expect(await check(silent.token, on('2026-05-02'))).toEqual(facts);
	expect(await sheetOf(given.db.read, late)).toMatchObject({ facts });
});

test('only the person prints, reads again or cancels a sheet of theirs', async () => {
	const other = await aPerson(given.db, { territoryId: given.territoryId });
	const theirs = { ...own, personId: other.id };
	await expect(make(theirs)).rejects.toThrow('not_found');
	await expect(sheetOf(given.db.read, theirs)).rejects.toThrow('not_found');
	await expect(given.db.write((tx) => revokeProofs(tx, theirs))).rejects.toThrow('not_found');
});
