import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { anAppointment, aCoordinator, aPerson, aReferent, aTerritory, NOW } from '../../../../tests/factories/index.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import { aDevice, anOutside, tickAt } from '../../../../tests/support/reminders.ts';
import { appointment } from '../db/schema/index.ts';
import { getTerritory } from '../territories/queries.ts';
import { sendByHand, type ByHand } from './by-hand.ts';
import { sampleOf } from './preview.ts';
import { messagesOf, sendingOf } from './queries.ts';
import { templateProblem, tidy, type TemplateTexts } from './template-rules.ts';
import {
	approveTemplate,
	changeTemplate,
	createTemplate,
	getTemplate,
	listTemplates,
	retireTemplate,
} from './templates.ts';

const later = (ms: number) => new Date(NOW.getTime() + ms);
const TEXTS: TemplateTexts = {
	fr: 'Rappel : rendez-vous {quand}',
	en: 'Reminder: appointment {quand}',
};

/** A template of an appointment, by one of two coordinators; a referent and the people she follows. */
async function setting(subject: 'appointment' | 'news' = 'appointment', texts: TemplateTexts = TEXTS) {
	const db = await testDatabase();
	const referent = await aReferent(db);
	const { territoryId } = referent;
	const [author, reader] = [await aCoordinator(db, { territoryId }), await aCoordinator(db, { territoryId })].map(
		({ id, structureId }) => ({ accountId: id, role: 'coordinator' as const, structureId, territoryId }),
	);
	const { id } = await db.write((tx) =>
		createTemplate(tx, { by: author!, now: NOW, name: 'Rendez-vous', subject, texts }),
	);
	const by = { accountId: referent.id, role: 'referent' as const, structureId: referent.structureId, territoryId };
	const send = (people: string[], number = 1, input: Partial<ByHand> = {}) =>
		db.write((tx) => {
			const sending = { batch: 'one', template: subject, wording: { id, number }, text: '', by, now: NOW };
			return sendByHand(tx, { ...sending, personIds: people, ...input }).then(({ planned }) => planned);
		});
	const approve = (by = reader!, number = 1) => db.write((tx) => approveTemplate(tx, { by, now: NOW, id, number }));
	const change = (texts: TemplateTexts, from = 1, by = author!) =>
		db.write((tx) => changeTemplate(tx, { by, now: NOW, id, from, name: 'Rendez-vous', texts }));
	const current = () => getTemplate(db.read, territoryId, id);
	return { db, id, territoryId, referent, author: author!, reader: reader!, by, send, approve, change, current };
}

test('a template leaves on each channel in the language of the person, its variables filled in', async () => {
	const { db, referent, send, approve } = await setting();
	const outside = await anOutside();
	const french = await aPerson(db, { referent });
	const english = await aPerson(db, { referent, locale: 'en', phone: null });
	const arabic = await aPerson(db, { referent, locale: 'ar', email: null, account: { email: null } });
	await aDevice(db, outside, { accountId: french.account.id, now: NOW });
	await anAppointment(db, { personId: french.id, time: '14:00' });
	await anAppointment(db, { personId: english.id, time: '15:00' });
	await anAppointment(db, { personId: arabic.id, time: '16:00' });
	await approve();
	expect(await send([french.id, english.id, arabic.id])).toBe(3);
	await tickAt(db, outside, later(10_000));
	expect(outside.pushes().map(({ title }) => title)).toEqual(['Rappel : rendez-vous mardi 10 mars à 14\u00a0h']);
	const mail = outside.mailbox.find(({ channel }) => channel === 'email');
	expect(mail).toMatchObject({ subject: expect.stringMatching(/^Reminder: appointment Tuesday 10 March/) });
	// Arabic has no words of its own in this template, and no letters in an SMS: the template in French.
	const sms = outside.mailbox.find(({ channel }) => channel === 'sms');
	expect(sms!.text).toMatch(/^Rappel : rendez-vous mardi 10 mars à 16 h\. .*\/ar\/r\//);
	expect((await messagesOf(db.read, french.id))[0]).toMatchObject({ texts: TEXTS });
});

test('the number is the appointment’s, the territory’s where there is none: in what left and where it is read again', async () => {
	const { db, referent, send } = await setting('appointment', { fr: 'Rendez-vous {quand}, {telephone}' });
	const outside = await anOutside();
	const { id: personId } = await aPerson(db, { referent, phone: null });
	const booked = await anAppointment(db, { personId, phone: '+33353010001' });
	await send([personId]);
	await tickAt(db, outside, later(10_000));
	expect(outside.mailbox[0]).toMatchObject({ subject: expect.stringContaining('03 53 01 00 01') });
	expect(await messagesOf(db.read, personId)).toMatchObject([{ phone: '+33353010001' }]);
	await db.write((tx) => tx.update(appointment).set({ phone: null }).where(eq(appointment.id, booked.id)));
	const { phone } = await getTerritory(db.read, referent.territoryId);
	expect(await messagesOf(db.read, personId)).toMatchObject([{ phone }]);
});

test('in a language without words of its own, the usual sentence leaves', async () => {
	const { db, referent, send } = await setting('news', { fr: 'Appelez-nous au {telephone}' });
	const outside = await anOutside();
	const { id } = await aPerson(db, { referent, locale: 'en' });
	await send([id]);
	await tickAt(db, outside, later(10_000));
	expect(outside.mailbox).toMatchObject([{ subject: 'Something new in your space' }]);
});

describe('four eyes', () => {
	test('what one person wrote leaves to one person, and to several once another has read it', async () => {
		const { db, referent, by, send, approve } = await setting('news', { fr: 'Du nouveau pour vous' });
		const [one, two] = [await aPerson(db, { referent }), await aPerson(db, { referent })];
		await expect(send([one.id, two.id])).rejects.toThrow('template_unapproved');
		expect(await send([one.id])).toBe(1);
		await approve();
		expect(await send([one.id, two.id], 1, { batch: 'two' })).toBe(1);
		expect((await sendingOf(db.read, by.accountId, 'two')).map(({ wording }) => wording)).toEqual([
			'Du nouveau pour vous',
		]);
	});

	test('nobody reads their own words again', async () => {
		const { author, approve, current } = await setting();
		await expect(approve(author)).rejects.toThrow('own_version');
		expect((await current()).approved).toBeNull();
	});

	test('worded anew, several people get the version that was read, until the new one is', async () => {
		const { db, referent, send, approve, change } = await setting('news', { fr: 'Avant' });
		const people = [await aPerson(db, { referent }), await aPerson(db, { referent })].map(({ id }) => id);
		await approve();
		await change({ fr: 'Après' });
		await expect(send(people, 2)).rejects.toThrow('template_changed');
		expect(await send(people, 1)).toBe(2);
		await expect(approve(undefined, 1)).rejects.toThrow('template_changed');
		await approve(undefined, 2);
		await expect(send(people, 1, { batch: 'two' })).rejects.toThrow('template_changed');
	});
});

test('a message keeps the words that were previewed, whatever becomes of the template before it leaves', async () => {
	const { db, id, author, referent, send, change } = await setting('news', { fr: 'Avant' });
	const outside = await anOutside();
	await send([(await aPerson(db, { referent })).id]);
	await change({ fr: 'Après' });
	await db.write((tx) => retireTemplate(tx, { by: author, now: NOW, id, isRetired: true }));
	await tickAt(db, outside, later(10_000));
	expect(outside.mailbox).toMatchObject([{ subject: 'Avant' }]);
});

test('every version is kept with its author and its reader; the same words make none', async () => {
	const { author, reader, approve, change, current } = await setting('news', { fr: 'Un' });
	await approve();
	await change({ fr: 'Un' });
	await change({ fr: 'Deux', en: 'Two' }, 1, reader);
	const { versions } = await current();
	expect(
		versions.map(({ number, texts, createdById, approvedAt }) => [number, texts, createdById, approvedAt]),
	).toEqual([
		[2, { fr: 'Deux', en: 'Two' }, reader.accountId, null],
		[1, { fr: 'Un' }, author.accountId, NOW],
	]);
});

test('of two who change the same version, the second is told', async () => {
	const { reader, change, current } = await setting('news', { fr: 'Un' });
	await change({ fr: 'Deux' });
	await expect(change({ fr: 'Trois' }, 1, reader)).rejects.toThrow('template_changed');
	expect((await current()).current.texts).toEqual({ fr: 'Deux' });
});

test('a template is of its territory: elsewhere it does not exist, retired it is not sent', async () => {
	const { db, id, author, referent, by, send } = await setting('news', { fr: 'Un' });
	const far = await aCoordinator(db, { territoryId: (await aTerritory(db)).id });
	const theirs = { accountId: far.id, role: 'coordinator' as const, structureId: null, territoryId: far.territoryId };
	expect(await listTemplates(db.read, far.territoryId)).toEqual([]);
	await expect(getTemplate(db.read, far.territoryId, id)).rejects.toThrow('not_found');
	await expect(db.write((tx) => approveTemplate(tx, { by: theirs, now: NOW, id, number: 1 }))).rejects.toThrow(
		'not_found',
	);
	const { id: person } = await aPerson(db, { referent });
	await expect(send([person], 1, { by: { ...by, territoryId: far.territoryId } })).rejects.toThrow('not_found');
	await db.write((tx) => retireTemplate(tx, { by: author, now: NOW, id, isRetired: true }));
	await expect(send([person])).rejects.toThrow('not_found');
});

test('the preview says the length on each channel, and that a long one has no room for the link in an SMS', () => {
	const phone = '+33353010000';
	const sample = { locale: 'fr' as const, subject: 'news' as const, phone, zone: 'Europe/Paris', now: NOW };
	const short = sampleOf({ fr: 'Du nouveau pour vous' }, sample);
	expect([short.push.length, short.mail.length, short.sms.hasLink]).toEqual([20, 20, true]);
	const long = sampleOf({ fr: 'a'.repeat(110) }, { ...sample, subject: 'appointment' });
	expect([long.push.length, long.sms.hasLink, long.sms.length <= 160]).toEqual([110, false, true]);
	expect(long.sms.text).toContain('03 53 01 00 00');
	const arabic = sampleOf({ fr: 'Du nouveau', ar: 'جديد' }, { ...sample, locale: 'ar' });
	expect([arabic.dir, arabic.push.title, arabic.sms.lang]).toEqual(['rtl', 'جديد', 'fr']);
});

test.each([
	['Rendez-vous {quand}', 'fr', 'appointment', null],
	['Rendez-vous {quand}', 'fr', 'news', 'variable'],
	['Appelez le {telephone}', 'fr', 'news', null],
	['Bonjour {prenom}', 'fr', 'news', 'variable'],
	['Bonjour {quand', 'fr', 'appointment', 'brace'],
	['', 'fr', 'news', 'missing'],
	['', 'ar', 'news', null],
	['a'.repeat(110), 'fr', 'news', null],
	['a'.repeat(111), 'fr', 'news', 'too_long'],
	['Venez-vous ?', 'fr', 'news', 'ending'],
	['هل ستأتي؟', 'ar', 'news', 'ending'],
	['Bonne nouvelle 👋', 'fr', 'news', 'not_gsm'],
	['خبر جديد', 'ar', 'news', null],
	['€'.repeat(60), 'fr', 'news', null],
	['€'.repeat(100), 'fr', 'news', 'sms_full'],
	['€'.repeat(100), 'en', 'news', 'sms_full'],
	['{quand} '.repeat(12).trim(), 'fr', 'appointment', 'sms_full'],
	['Vous avez un rendez-vous {quand}, appelez le {telephone} pour changer', 'fr', 'appointment', null],
	['{quand} '.repeat(12).trim(), 'ar', 'appointment', null],
	['Votre RSA change', 'fr', 'news', 'sensitive'],
	['Voyez example.com', 'en', 'news', 'link'],
] as const)('the sentence « %s » (%s, %s) is checked: %s', (text, locale, subject, problem) => {
	expect(templateProblem(text, locale, subject)).toBe(problem);
});

test('a sentence is kept on one line, without its full stop', () => {
	expect(tidy('  Merci de\nnous  appeler. ')).toBe('Merci de nous appeler');
});
