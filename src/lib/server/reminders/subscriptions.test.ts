import { createECDH, randomBytes } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { aPerson, NOW } from '../../../../tests/factories/index.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import type { Db } from '../db/client.ts';
import { person, pushSubscription } from '../db/schema/index.ts';
import { labelOf } from './device-label.ts';
import { orderFor } from './preferences.ts';
import {
	detachEndpoint,
	forgetSilentDevices,
	listDevices,
	registerLife,
	registerSubscription,
	removeDevice,
	renameDevice,
} from './subscriptions.ts';

const DAY = 86_400_000;
const later = (ms: number) => new Date(NOW.getTime() + ms);

function aBrowser(endpoint = `https://fcm.googleapis.com/fcm/send/${randomBytes(6).toString('hex')}`) {
	const ecdh = createECDH('prime256v1');
	ecdh.generateKeys();
	return {
		endpoint,
		p256dh: ecdh.getPublicKey().toString('base64url'),
		auth: randomBytes(16).toString('base64url'),
	};
}
type Browser = ReturnType<typeof aBrowser>;

const register = (
	db: Db,
	browser: Browser & { replaces?: string },
	accountId: string,
	now = NOW,
	isAsked = false,
	sessionId = 'here',
) =>
	db.write((tx) =>
		registerSubscription(tx, { ...browser, accountId, sessionId, label: 'Chrome – Android', isAsked, now }),
	);

test('a browser registered again is the same device, alive again', async () => {
	const db = await testDatabase();
	const { account } = await aPerson(db);
	const browser = aBrowser();
	const first = await register(db, browser, account.id);
	await db.write((tx) => renameDevice(tx, { id: first.id, accountId: account.id, label: 'Mon téléphone' }));
	expect(await register(db, browser, account.id, later(DAY))).toEqual(first);
	expect(await listDevices(db.read, account.id)).toMatchObject([{ label: 'Mon téléphone', lastAliveAt: later(DAY) }]);
});

test.each([
	[['email', 'sms'], true, ['push', 'email', 'sms']],
	[['sms', 'email'], true, ['push', 'sms', 'email']],
	[['push', 'sms', 'email'], true, ['push', 'sms', 'email']],
	[['email', 'sms'], false, ['email', 'sms']],
] as const)(
	'who chose %j and asks for reminders on this phone (%s) gets them by %j',
	async (order, isAsked, expected) => {
		const db = await testDatabase();
		const { id, account } = await aPerson(db, { channelOrder: [...order] });
		await register(db, aBrowser(), account.id, NOW, isAsked);
		const [row] = await db.read.select().from(person).where(eq(person.id, id));
		expect(orderFor('appointment_2d', row!)).toEqual(expected);
	},
);

test('a browser belongs to the session it last said itself in', async () => {
	const db = await testDatabase();
	const { account } = await aPerson(db);
	const browser = aBrowser();
	const sessionOf = async () => (await db.read.select().from(pushSubscription))[0]!.sessionId;
	await register(db, browser, account.id);
	expect(await sessionOf()).toBe('here');
	await register(db, browser, account.id, later(DAY), false, 'next');
	expect(await sessionOf()).toBe('next');
});

test('the browser of a shared phone moves to who signs in, and the first is no longer notified', async () => {
	const db = await testDatabase();
	const [first, second] = [await aPerson(db), await aPerson(db)];
	const browser = aBrowser();
	await register(db, browser, first.account.id);
	await register(db, browser, second.account.id, later(DAY));
	expect(await listDevices(db.read, first.account.id)).toEqual([]);
	expect(await listDevices(db.read, second.account.id)).toHaveLength(1);
	await db.write((tx) => detachEndpoint(tx, { accountId: first.account.id, endpoint: browser.endpoint }));
	expect(await listDevices(db.read, second.account.id)).toHaveLength(1);
});

test('signing out detaches this browser only', async () => {
	const db = await testDatabase();
	const { account } = await aPerson(db);
	const [here, there] = [aBrowser(), aBrowser()];
	await register(db, here, account.id);
	await register(db, there, account.id);
	await db.write((tx) => detachEndpoint(tx, { accountId: account.id, endpoint: here.endpoint }));
	const left = await db.read.select({ endpoint: pushSubscription.endpoint }).from(pushSubscription);
	expect(left).toEqual([{ endpoint: there.endpoint }]);
	// Nobody is signed in there any more: whoever was is reminded there no more.
	await db.write((tx) => detachEndpoint(tx, { endpoint: there.endpoint }));
	expect(await db.read.select().from(pushSubscription)).toEqual([]);
});

test.each([
	['no browser maker’s host', { endpoint: 'https://push.example.test/x' }],
	['http', { endpoint: 'http://fcm.googleapis.com/x' }],
	['this very machine', { endpoint: 'https://localhost:8443/x' }],
	['an inside address', { endpoint: 'https://10.0.0.1/x' }],
	['a user in the address', { endpoint: 'https://fcm.googleapis.com@10.0.0.1/x' }],
	['an address without end', { endpoint: `https://fcm.googleapis.com/${'x'.repeat(4000)}` }],
	['a key off the curve', { p256dh: Buffer.concat([Buffer.of(4), Buffer.alloc(64, 1)]).toString('base64url') }],
	['a short secret', { auth: 'AAAA' }],
	['no key', { p256dh: '' }],
])('%s is refused', async (_, wrong) => {
	const db = await testDatabase();
	const { account } = await aPerson(db);
	await expect(register(db, { ...aBrowser(), ...wrong }, account.id)).rejects.toMatchObject({
		code: 'bad_subscription',
		kind: 'invalid',
	});
	expect(await db.read.select().from(pushSubscription)).toEqual([]);
});

test('after 60 days without life a browser is forgotten, not a day before', async () => {
	const db = await testDatabase();
	const { account } = await aPerson(db);
	await register(db, aBrowser(), account.id);
	expect(await db.write((tx) => forgetSilentDevices(tx, later(60 * DAY)))).toBe(0);
	expect(await db.write((tx) => forgetSilentDevices(tx, later(60 * DAY + 1)))).toBe(1);
});

test('a « shown » is a proof of life of one’s own devices only', async () => {
	const db = await testDatabase();
	const [mine, other] = [await aPerson(db), await aPerson(db)];
	const { id } = await register(db, aBrowser(), mine.account.id);
	const live = (personId: string, now: Date) =>
		db.write((tx) => registerLife(tx, { subscriptionId: id, personId, now }));
	await live(other.id, later(DAY));
	expect(await listDevices(db.read, mine.account.id)).toMatchObject([{ lastAliveAt: NOW }]);
	await live(mine.id, later(DAY));
	expect(await listDevices(db.read, mine.account.id)).toMatchObject([{ lastAliveAt: later(DAY) }]);
});

test('nobody renames or removes the device of somebody else', async () => {
	const db = await testDatabase();
	const [mine, other] = [await aPerson(db), await aPerson(db)];
	const { id } = await register(db, aBrowser(), mine.account.id);
	const theirs = { id, accountId: other.account.id };
	await expect(db.write((tx) => renameDevice(tx, { ...theirs, label: 'x' }))).rejects.toThrow('not_found');
	await expect(db.write((tx) => removeDevice(tx, { ...theirs, now: NOW }))).rejects.toThrow('not_found');
	await db.write((tx) => removeDevice(tx, { id, accountId: mine.account.id, now: NOW }));
	expect(await listDevices(db.read, mine.account.id)).toEqual([]);
});

test('a removed device does not come back by saying itself again, under another address either; asked for, it does', async () => {
	const db = await testDatabase();
	const [mine, other] = [await aPerson(db), await aPerson(db)];
	const [browser, renewed] = [aBrowser(), aBrowser()];
	const { id } = await register(db, browser, mine.account.id, NOW, true);
	await db.write((tx) => removeDevice(tx, { id, accountId: mine.account.id, now: NOW }));
	await expect(register(db, browser, mine.account.id, later(DAY))).rejects.toThrow('device_removed');
	const replacing = { ...renewed, replaces: browser.endpoint };
	await expect(register(db, replacing, mine.account.id, later(DAY))).rejects.toThrow('device_removed');
	expect(await listDevices(db.read, mine.account.id)).toEqual([]);
	// Somebody else who signs in on that phone is asked for themselves.
	await register(db, browser, other.account.id, later(DAY));
	await register(db, browser, mine.account.id, later(DAY), true);
	await register(db, browser, mine.account.id, later(2 * DAY));
	expect(await listDevices(db.read, mine.account.id)).toMatchObject([{ lastAliveAt: later(2 * DAY) }]);
});

test('a browser that changed its address is one device, and nobody’s else is forgotten for it', async () => {
	const db = await testDatabase();
	const [mine, other] = [await aPerson(db), await aPerson(db)];
	const [old, theirs] = [aBrowser(), aBrowser()];
	await register(db, old, mine.account.id);
	await register(db, theirs, other.account.id);
	const { id } = await register(db, { ...aBrowser(), replaces: old.endpoint }, mine.account.id);
	await register(db, { ...aBrowser(), replaces: theirs.endpoint }, mine.account.id);
	expect((await listDevices(db.read, mine.account.id)).map((device) => device.id)).toContain(id);
	expect(await listDevices(db.read, mine.account.id)).toHaveLength(2);
	expect(await listDevices(db.read, other.account.id)).toHaveLength(1);
});

test('ten devices are enough: the one seen longest ago gives way', async () => {
	const db = await testDatabase();
	const { account } = await aPerson(db);
	const ids = [];
	for (let day = 0; day < 11; day++) ids.push((await register(db, aBrowser(), account.id, later(day * DAY))).id);
	const left = (await listDevices(db.read, account.id)).map(({ id }) => id);
	expect([left.length, left.includes(ids[0]!), left[0]]).toEqual([10, false, ids[10]]);
});

test.each([
	[
		'Mozilla/5.0 (Linux; Android 14; SM-A145R) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36',
		'Chrome – Android',
	],
	[
		'Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 SamsungBrowser/25.0 Chrome/121.0 Mobile',
		'Samsung Internet – Android',
	],
	['Mozilla/5.0 (Android 14; Mobile; rv:127.0) Gecko/127.0 Firefox/127.0', 'Firefox – Android'],
	[
		'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Mobile Safari/604.1',
		'Safari – iPhone',
	],
	['Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/126.0 Safari/537.36 Edg/126.0', 'Edge – Windows'],
	['', 'Web'],
])('the browser « %s » is named %s', (userAgent, label) => {
	expect(labelOf(userAgent)).toBe(label);
});
