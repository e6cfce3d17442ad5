import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import { aPerson, aReferent, aRequest, NOW, theTerritory } from '../../../../tests/factories/index.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import type { Db } from '../db/client.ts';
import { auditEntry, filing, handover, person, supportRequest } from '../db/schema/index.ts';
import { NO_ANSWERS, NO_CONTACT, type Answers } from './answers.ts';
import { fileForPerson } from './filing.ts';
import { knownFields, parseFiling } from './filing-form.ts';
import { checkBirthDate, findHandover, HANDOVER_TRIES, makeHandover, proofOf, useHandover } from './handover.ts';
import { progressOf } from './progress.ts';
import { findOpenRequest, findSent, needsOf } from './queries.ts';
import { filingOf, getRequestFor } from './reading.ts';

let db: Db;
let referent: Awaited<ReturnType<typeof aReferent>>;
beforeEach(async () => {
	db = await testDatabase();
	await theTerritory(db, 'ardennes');
	referent = await aReferent(db, { territoryId: 'ardennes' });
});
const by = () => ({
	accountId: referent.id,
	role: 'referent' as const,
	structureId: referent.structureId,
	territoryId: 'ardennes',
});
const later = (days: number) => new Date(NOW.getTime() + days * 86_400_000);

const ANSWERS: Answers = {
	...NO_ANSWERS,
	themes: ['housing'],
	inseeCode: '08105',
	contact: { ...NO_CONTACT, firstName: 'Amel', lastName: 'Durand', phone: '+33639980101', birthDate: '1986-03-27' },
};
const file = (formId: string, personId: string | null = null, answers = ANSWERS) =>
	db.write((tx) => fileForPerson(tx, { formId, personId, answers, locale: 'fr', way: 'phone', by: by(), now: NOW }));

describe('a request typed by a professional', () => {
	test('keeps who filed it, how, and when the person agreed', async () => {
		const sent = await file('form-one');
		expect(await filingOf(db.read, sent.id)).toMatchObject({
			way: 'phone',
			consentAt: NOW,
			name: referent.displayName,
		});
		const [row] = await db.read.select().from(supportRequest).where(eq(supportRequest.id, sent.id)).limit(1);
		expect(row).toMatchObject({ channel: 'professional', status: 'submitted', territoryId: 'ardennes' });
		const journal = await db.read.select().from(auditEntry).where(eq(auditEntry.personId, sent.personId)).limit(20);
		expect(journal.find(({ action }) => action === 'request.filed_by_professional')).toMatchObject({
			actorId: referent.id,
			detail: { way: 'phone' },
		});
	});

	test('the same form sent twice is one request; another form is another person, never merged silently', async () => {
		const [first, again] = [await file('form-one'), await file('form-one')];
		expect(again).toMatchObject({ reference: first.reference, first: false });
		await file('form-two');
		expect(await db.read.select().from(person).limit(5)).toHaveLength(2);
		expect(await db.read.select().from(filing).limit(5)).toHaveLength(2);
	});

	test('for somebody who has an open request, the needs are added to it, and their own draft is left alone', async () => {
		const known = await aPerson(db, { territoryId: 'ardennes', inseeCode: '08105' });
		const open = await aRequest(db, { personId: known.id, themes: ['employment'] });
		await aRequest(db, { personId: known.id, status: 'draft', territoryId: 'ardennes', themes: [] });
		const sent = await file('form-one', known.id);
		expect(sent).toMatchObject({ id: open.id, added: true });
		expect((await needsOf(db.read, open.id)).map(({ theme }) => theme).sort()).toEqual(['employment', 'housing']);
		const drafts = await db.read.select().from(supportRequest).where(eq(supportRequest.status, 'draft')).limit(5);
		expect(drafts).toHaveLength(1);
		expect((await findOpenRequest(db.read, known.id))!.id).toBe(open.id);
	});

	test('somebody without phone and e-mail is filed, promised no e-mail, and takes it over with the birth date', async () => {
		const contact = { ...ANSWERS.contact!, phone: null, email: null };
		const sent = await file('form-one', null, { ...ANSWERS, contact });
		expect(proofOf((await db.read.select().from(person).where(eq(person.id, sent.personId)))[0]!)).toBe('birth_date');
		const request = (await findSent(db.read, sent.id))!;
		expect((await progressOf(db.read, request, NOW)).byEmail).toBe(false);
	});

	test('somebody new outside the perimeter is refused, and nothing is kept', async () => {
		await expect(file('form-one', null, { ...ANSWERS, inseeCode: '25056' })).rejects.toThrow('outside_perimeter');
		expect(await db.read.select().from(supportRequest).limit(1)).toEqual([]);
	});

	test('somebody new of another territory is refused, with its name, and nothing is kept', async () => {
		await theTerritory(db, 'doubs');
		await expect(file('form-one', null, { ...ANSWERS, inseeCode: '25056' })).rejects.toMatchObject({
			code: 'commune_elsewhere',
			detail: { territory: 'Doubs' },
		});
		expect(await db.read.select().from(supportRequest).limit(1)).toEqual([]);
	});
});

describe('the compact form', () => {
	const typed = (fields: [string, string][]) => {
		const form = new FormData();
		for (const [name, value] of fields) form.append(name, value);
		return form;
	};
	const COMPLETE: [string, string][] = [
		['firstName', 'Amel'],
		['lastName', 'Durand'],
		['phone', '06 39 98 01 01'],
		['inseeCode', '08105'],
		['themes[]', 'housing'],
		['housing.situation[]', 'no_roof'],
		['housing.note', 'Chez sa sœur'],
		['mobility.note', 'Non coché'],
		['way', 'outreach'],
		['consent', '1'],
	];
	const REACHED = { phone: '+33639980101', email: 'amel@example.fr' };
	const parse = (fields: [string, string][], file: { phone: string | null; email: string | null } | null = null) =>
		parseFiling(typed(fields), { file, today: '2026-03-02' });

	test('gives the answers of the themes that are ticked, in the same shape as the person’s own', () => {
		const parsed = parse(COMPLETE);
		expect(parsed.ok && parsed.value).toMatchObject({
			way: 'outreach',
			answers: {
				themes: ['housing'],
				byTheme: { housing: { ticks: { situation: ['no_roof'] }, note: 'Chez sa sœur' } },
				contact: { firstName: 'Amel', phone: '+33639980101' },
				inseeCode: '08105',
			},
		});
		expect(parsed.ok && Object.keys(parsed.value.answers.byTheme)).toEqual(['housing']);
	});

	test.each(['firstName', 'lastName', 'phone', 'inseeCode', 'themes[]', 'way', 'consent'])(
		'without %s it comes back filled in',
		(left) => {
			const parsed = parse(COMPLETE.filter(([name]) => name !== left));
			expect(parsed.ok).toBe(false);
			if (parsed.ok) return;
			expect(Object.keys(parsed.errors)).toEqual([left.replace('[]', '')]);
			expect(parsed.values['housing.note']).toBe('Chez sa sœur');
		},
	);

	test('without phone and e-mail the whole birth date will do; what is missing is said to the professional', () => {
		const unreachable = COMPLETE.filter(([name]) => name !== 'phone');
		const errorsOf = (...more: [string, string][]) => {
			const parsed = parse([...unreachable, ...more]);
			return parsed.ok ? {} : parsed.errors;
		};
		const asked = { phone: 'Donnez un téléphone, un e-mail ou la date de naissance entière.' };
		expect(errorsOf()).toEqual(asked);
		expect(errorsOf(['birthDate', '1986'])).toEqual(asked);
		expect(errorsOf(['birthDate', '31 avril 1986'])).toMatchObject({ birthDate: expect.any(String) });
		const parsed = parse([...unreachable, ['birthDate', '27 mars 1986']]);
		expect(parsed.ok && parsed.value.answers.contact).toMatchObject({
			phone: null,
			email: null,
			birthDate: '1986-03-27',
		});
		// Nobody calls or writes where there is nothing to call or write to.
		const born: [string, string] = ['birthDate', '27 mars 1986'];
		expect(errorsOf(born, ['reach', 'sms']).phone).toBe('Pour un SMS, donnez un numéro de mobile.');
		expect(errorsOf(born, ['reach', 'email']).email).toBe('Pour un e-mail, donnez une adresse.');
		expect(errorsOf(born, ['reach', 'call']).phone).toBe('Pour un appel, donnez un numéro.');
	});

	test('of somebody known, what was said once stands in the form, and comes back as it was', () => {
		const known = {
			household: { household: 'single_parent' as const, childrenCount: 2, childAges: ['3_5' as const] },
			situation: { status: ['rsa' as const], transport: ['none' as const] },
			contact: { ...NO_CONTACT, reach: 'sms' as const, moments: ['morning' as const], interpreterIn: 'pachto' },
		};
		const fields = Object.entries(knownFields(known)).flatMap(([name, value]): [string, string][] =>
			Array.isArray(value) ? value.map((one) => [`${name}[]`, one]) : [[name, value]],
		);
		const asked = COMPLETE.filter(([name]) => ['themes[]', 'way', 'consent'].includes(name));
		const parsed = parse([...asked, ...fields], REACHED);
		const { household, situation, contact } = parsed.ok ? parsed.value.answers : NO_ANSWERS;
		expect({ household, situation }).toEqual({ household: known.household, situation: known.situation });
		expect(contact).toMatchObject({ reach: 'sms', moments: ['morning'], interpreterIn: 'pachto' });
	});

	test('of somebody known, nothing is promised that their file has no contact for', () => {
		const asked = COMPLETE.filter(([name]) => ['themes[]', 'way', 'consent'].includes(name));
		const errorsOf = (more: [string, string][], file: { phone: string | null; email: string | null }) => {
			const parsed = parse([...asked, ...more], file);
			return parsed.ok ? {} : parsed.errors;
		};
		const refused = { reach: 'Sa fiche n’a pas ce qu’il faut pour cela : complétez-la, ou choisissez un autre moyen.' };
		const mailOnly = { phone: null, email: 'amel@example.fr' };
		expect(errorsOf([['reach', 'call']], mailOnly)).toEqual(refused);
		expect(errorsOf([['call', '1']], mailOnly)).toEqual(refused);
		expect(errorsOf([['reach', 'sms']], { phone: '+33324569800', email: null })).toEqual(refused);
		expect(errorsOf([['reach', 'email']], { phone: '+33639980101', email: null })).toEqual(refused);
		// Who has neither is asked nothing of the kind; who prefers an e-mail has one.
		expect(errorsOf([], { phone: null, email: null })).toEqual({});
		const preferring: [string, string][] = [
			['call', '1'],
			['reach', 'email'],
		];
		expect(errorsOf(preferring, mailOnly)).toEqual({});
		expect(errorsOf([['call', '1']], REACHED)).toEqual({});
	});

	test('of somebody known, names, contact and commune are not asked', () => {
		const asked = ['themes[]', 'way', 'consent'];
		expect(
			parse(
				COMPLETE.filter(([name]) => asked.includes(name)),
				REACHED,
			).ok,
		).toBe(true);
	});
});

describe('taking it over with the printed sheet', () => {
	const make = (requestId: string, now = NOW) => db.write((tx) => makeHandover(tx, { requestId, by: by(), now }));
	const use = (token: string, now = NOW) => db.write((tx) => useHandover(tx, { token, now }));

	test('one use: of two at once one wins, afterwards the link is dead', async () => {
		const sent = await file('form-one');
		const { token } = await make(sent.id);
		const results = await Promise.allSettled([use(token), use(token)]);
		expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
		expect(await findHandover(db.read, token, NOW)).toBeUndefined();
		const [row] = await db.read.select().from(supportRequest).where(eq(supportRequest.id, sent.id)).limit(1);
		expect(row!.browserHash).toBeNull();
	});

	test('seven days, and a new sheet ends the one before', async () => {
		const sent = await file('form-one');
		const first = await make(sent.id);
		expect(await findHandover(db.read, first.token, later(6.99))).toBeDefined();
		expect(await findHandover(db.read, first.token, later(7))).toBeUndefined();
		const second = await make(sent.id, later(1));
		await expect(use(first.token, later(1))).rejects.toThrow('handover_over');
		expect(await use(second.token, later(1))).toMatchObject({ reference: sent.reference });
	});

	test('the link is stored as a hash, and says nothing of the person', async () => {
		const sent = await file('form-one');
		const { token } = await make(sent.id);
		const [row] = await db.read.select().from(handover).limit(1);
		expect(JSON.stringify(row)).not.toContain(token);
	});

	test('with a mobile a code proves it; without contact the whole birth date does; the year alone does not', () => {
		const of = (more: object) => proofOf({ email: null, phone: null, birthDate: null, ...more });
		expect(of({ phone: '+33639980101', birthDate: '1986-03-27' })).toBe('code');
		expect(of({ email: 'a@example.fr' })).toBe('code');
		expect(of({ phone: '+33353010101', birthDate: '1986-03-27' })).toBe('birth_date');
		expect(of({ phone: '+33353010101', birthDate: '1986-00-00' })).toBeNull();
		expect(of({})).toBeNull();
	});

	test('five wrong birth dates and the link is dead, even for the right one', async () => {
		const contact = { ...ANSWERS.contact!, phone: '+33353010101' };
		const sent = await file('form-one', null, { ...ANSWERS, contact });
		const { token } = await make(sent.id);
		const check = (birthDate: string) => checkBirthDate(db, { token, birthDate, now: NOW });
		await expect(check('1986-03-27')).resolves.toBeUndefined();
		for (let tries = 0; tries < HANDOVER_TRIES; tries++)
			await expect(check('1986-03-28')).rejects.toThrow('birth_date_wrong');
		await expect(check('1986-03-27')).rejects.toThrow('handover_over');
		await expect(use(token)).rejects.toThrow('handover_over');
	});

	test('who has a mobile cannot be passed over by a birth date', async () => {
		const sent = await file('form-one');
		const { token } = await make(sent.id);
		await expect(checkBirthDate(db, { token, birthDate: '1986-03-27', now: NOW })).rejects.toThrow('birth_date_wrong');
	});

	test('nothing known by which to prove it is them: no sheet', async () => {
		const contact = { ...ANSWERS.contact!, phone: '+33353010101', birthDate: null };
		const sent = await file('form-one', null, { ...ANSWERS, contact });
		await expect(make(sent.id)).rejects.toThrow('no_proof');
	});
});

test('what a professional typed is read by the territory as any other request', async () => {
	const sent = await file('form-one');
	const viewer = {
		accountId: referent.id,
		role: 'referent' as const,
		territoryId: 'ardennes',
		structureId: referent.structureId,
	};
	expect((await getRequestFor(db.read, viewer, sent.reference)).access).toBe('whole');
});
