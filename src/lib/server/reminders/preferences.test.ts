import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { anAppointment, aPathway, aPerson, aReferent, aStep, NOW } from '../../../../tests/factories/index.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import { aDevice, anOutside, tickAt } from '../../../../tests/support/reminders.ts';
import { account, person as personTable } from '../db/schema/index.ts';
import { planNotice } from './commands.ts';
import { isMutable } from './kinds.ts';
import {
	choicesFor,
	orderFor,
	preferencesOf,
	REMINDER_KINDS,
	setPreferences,
	type KindChoices,
} from './preferences.ts';

const later = (ms: number) => new Date(NOW.getTime() + ms);
const order = 'push,email,sms' as const;

async function setting(kinds: KindChoices = {}, wording: 'discreet' | 'detailed' = 'discreet') {
	const db = await testDatabase();
	const outside = await anOutside();
	const person = await aPerson(db, { referent: await aReferent(db) });
	const prefer = (kinds: KindChoices) => db.write((tx) => setPreferences(tx, person.id, { order, wording, kinds }));
	await prefer(kinds);
	const tell = (kind: 'aid_changed' | 'check_in' | 'rating' | 'paper_due' | 'pathway_changed' | 'request_received') =>
		db.write((tx) => planNotice(tx, { kind, personId: person.id, path: '/accueil', onceKey: kind, now: NOW }));
	return { db, outside, person, prefer, tell };
}

test('every kind has its own setting, which comes back as it was chosen', async () => {
	const kinds: KindChoices = { step_due: 'none', paper_due: 'sms', rating: 'email', aid_changed: 'sms' };
	const { db, person } = await setting(kinds);
	const kept = (await preferencesOf(db.read, person.id)).kinds;
	expect(kept).toEqual({ ...Object.fromEntries(REMINDER_KINDS.map((kind) => [kind, 'usual'])), ...kinds });
});

test('what the law owes cannot be muted, only moved; the rest can be both', () => {
	const legal = REMINDER_KINDS.filter((kind) => !choicesFor(kind).includes('none'));
	expect(legal).toEqual(
		expect.arrayContaining(['appointment_changed', 'request_received', 'aid_changed', 'invitation']),
	);
	for (const kind of REMINDER_KINDS) {
		expect(choicesFor(kind)).toEqual(expect.arrayContaining(['usual', 'push', 'email', 'sms']));
		expect(choicesFor(kind).includes('none')).toBe(isMutable(kind));
	}
});

test('a legal message that a form says to mute leaves all the same', async () => {
	const { db, outside, tell } = await setting({ aid_changed: 'none', check_in: 'none' });
	expect(await tell('aid_changed')).not.toBeNull();
	expect(await tell('check_in')).toBeNull();
	await tickAt(db, outside, later(0));
	expect(outside.mailbox.map(({ channel }) => channel)).toEqual(['email']);
});

test('a kind that was moved leaves by that channel first, the others as usual', async () => {
	const { db, outside, person, tell } = await setting({ aid_changed: 'sms' });
	await aDevice(db, outside, { accountId: person.account.id, now: NOW });
	await tell('aid_changed');
	await tell('request_received');
	await tickAt(db, outside, later(0));
	expect(outside.mailbox.map(({ channel }) => channel)).toEqual(['sms']);
	expect(outside.pushes()).toHaveLength(1);
	expect(orderFor('aid_changed', { channelOrder: ['push', 'email'], kindChannels: { aid_changed: 'email' } })).toEqual([
		'email',
		'push',
	]);
});

describe('what it is about', () => {
	test.each(['check_in', 'rating', 'paper_due', 'pathway_changed', 'request_received'] as const)(
		'of « %s » is said to who chose « detailed », and to nobody else',
		async (kind) => {
			const bodies: string[] = [];
			for (const wording of ['discreet', 'detailed'] as const) {
				const { db, outside, person, tell } = await setting({}, wording);
				await aDevice(db, outside, { accountId: person.account.id, now: NOW });
				await tell(kind);
				await tickAt(db, outside, later(0));
				bodies.push(outside.pushes()[0]?.body ?? 'nothing left');
			}
			expect(bodies[0]).toBe('Touchez pour voir la suite.');
			expect(bodies[1]!.split('\n')).toHaveLength(2);
		},
	);

	test('a step is named to who chose « detailed » only', async () => {
		for (const wording of ['discreet', 'detailed'] as const) {
			const { db, outside, person } = await setting({}, wording);
			const pathway = await aPathway(db, { personId: person.id });
			await aStep(db, {
				pathwayId: pathway.id,
				personId: person.id,
				title: 'Xylophone',
				owner: 'person',
				dueOn: '2026-03-05',
			});
			await tickAt(db, outside, NOW);
			const [mail] = outside.mailbox;
			expect(mail!.text.includes('Xylophone'), mail!.text).toBe(wording === 'detailed');
			expect(mail!.subject).not.toContain('Xylophone');
		}
	});

	test('an e-mail that no code ever reached reads no detail: it may be a stranger’s', async () => {
		for (const email of ['juste@example.fr', 'faute@example.fr']) {
			const { db, outside, person } = await setting({}, 'detailed');
			await db.write(async (tx) => {
				await tx.update(personTable).set({ email }).where(eq(personTable.id, person.id));
				await tx.update(account).set({ email: 'juste@example.fr' }).where(eq(account.personId, person.id));
			});
			await anAppointment(db, { personId: person.id, day: '2026-03-05', time: '10:00', placeName: 'Xylophone' });
			await tickAt(db, outside, NOW);
			await tickAt(db, outside, later(24 * 3_600_000));
			const [mail] = outside.mailbox;
			expect(mail!.to).toBe(email);
			expect(mail!.text.includes('Xylophone')).toBe(email === 'juste@example.fr');
		}
	});

	test('the place of an appointment too', async () => {
		for (const wording of ['discreet', 'detailed'] as const) {
			const { db, outside, person } = await setting({}, wording);
			await anAppointment(db, { personId: person.id, day: '2026-03-05', time: '10:00', placeName: 'Xylophone' });
			await tickAt(db, outside, NOW);
			await tickAt(db, outside, later(24 * 3_600_000));
			expect(outside.mailbox[0]!.text.includes('Xylophone')).toBe(wording === 'detailed');
		}
	});
});
