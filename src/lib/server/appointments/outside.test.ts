import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { eq } from 'drizzle-orm';
import { describe, expect, onTestFinished, test } from 'vitest';
import { actorOf, aReferent, NOW } from '../../../../tests/factories/index.ts';
import { testCertificate } from '../../../../tests/support/certificate.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import { disableAccount } from '../accounts/commands.ts';
import { account, outsideBusy, outsideCalendar } from '../db/schema/index.ts';
import { getPublic, isPrivate } from '../platform/public-get.ts';
import { addWeeklyHours, availableHours } from './availability.ts';
import { followCalendar, followedCalendar, leaveCalendar, readOutsideCalendars } from './outside.ts';

const MINUTE = 60_000;
const BUSY = [
	'BEGIN:VCALENDAR',
	'VERSION:2.0',
	'PRODID:-//Essai//FR',
	'BEGIN:VEVENT',
	'UID:un@exemple.invalid',
	'SUMMARY:Canari chez le médecin',
	'LOCATION:Canari',
	'DTSTART:20260303T080000Z',
	'DTEND:20260303T093000Z',
	'END:VEVENT',
	'END:VCALENDAR',
	'',
].join('\r\n');

/** A calendar service on this machine, opened by the same switch as the push service of tests. */
async function service(answer: RequestListener) {
	const { key, cert } = testCertificate();
	const server = https.createServer({ key, cert }, answer);
	server.listen(0, 'localhost');
	await once(server, 'listening');
	onTestFinished(() => {
		server.closeAllConnections();
		server.close();
	});
	const host = `localhost:${(server.address() as AddressInfo).port}`;
	const read = (path = '/agenda.ics', settings: Partial<Parameters<typeof getPublic>[1]> = {}) =>
		getPublic(`https://${host}${path}`, { hosts: [host], ca: cert, ...settings });
	return { host, read };
}

describe('reading an address somebody gave', () => {
	test('gives its text', async () => {
		const { read } = await service((_request, response) => response.end(BUSY));
		expect(await read()).toEqual({ body: BUSY });
	});

	test('refuses other schemes, addresses of machines and local names, whatever the way they are written', async () => {
		for (const address of [
			'http://exemple.fr/a.ics',
			'file:///etc/passwd',
			'https://127.0.0.1/a',
			'https://[::1]/a',
			'https://0x7f.1/a',
			'https://2130706433/a',
			'https://localhost/a',
			'https://localhost:5432/a',
			'https://agenda.internal/a',
			'https://user:pass@exemple.fr/a',
			'https://exemple.fr:8443/a',
			'https://exemple/a',
			`https://exemple.fr/${'a'.repeat(2100)}`,
		])
			expect(await getPublic(address, { hosts: [] }), address).toEqual({ problem: 'address' });
	});

	test('refuses a public name that leads to a private network', async () => {
		const resolve = ((_name: string, _options: unknown, answer: (error: null, found: object[]) => void) =>
			answer(null, [{ address: '10.0.0.7', family: 4 }])) as never;
		expect(await getPublic('https://agenda.exemple.fr/a.ics', { hosts: [], resolve })).toEqual({ problem: 'private' });
	});

	test.each([
		'10.1.2.3',
		'127.0.0.1',
		'100.64.0.1',
		'169.254.169.254',
		'172.31.255.255',
		'192.168.1.1',
		'0.0.0.0',
		'255.255.255.255',
		'224.0.0.1',
		'::1',
		'::',
		'fe80::1',
		'fd00::1',
		'ff02::1',
		'::ffff:10.0.0.1',
		'64:ff9b::a00:1',
		'2002:a00:1::',
		'2001:db8::1',
	])('%s is of no public network', (address) => expect(isPrivate(address)).toBe(true));
	test.each(['93.184.215.14', '172.32.0.1', '100.128.0.1', '2a00:1450:4007::1'])('%s is', (address) =>
		expect(isPrivate(address)).toBe(false),
	);

	test('follows three redirections, not a fourth, and none to where it may not go', async () => {
		const { read } = await service(({ url }, response) => {
			const step = Number(url!.slice(1));
			if (url === '/prive') response.writeHead(302, { location: 'https://169.254.169.254/latest' }).end();
			else if (url === '/clair') response.writeHead(302, { location: 'http://exemple.fr/a.ics' }).end();
			else if (step > 0) response.writeHead(302, { location: `/${step - 1}` }).end();
			else response.end(BUSY);
		});
		expect(await read('/3')).toEqual({ body: BUSY });
		expect(await read('/4')).toEqual({ problem: 'redirects' });
		expect(await read('/prive')).toEqual({ problem: 'private' });
		expect(await read('/clair')).toEqual({ problem: 'private' });
	});

	test('stops at its size and at its time, and says what went wrong', async () => {
		const { read } = await service(({ url }, response) => {
			if (url === '/long') response.end('a'.repeat(2000));
			else if (url === '/cut') response.writeHead(200, { 'content-length': '10' }).write('a', () => response.destroy());
			else if (url === '/absent') response.writeHead(404).end();
			else if (url === '/drip') response.write('BEGIN');
		});
		expect(await read('/long', { mostBytes: 1000 })).toEqual({ problem: 'too_large' });
		expect(await read('/drip', { deadlineMs: 100 })).toEqual({ problem: 'too_slow' });
		expect(await read('/silent', { deadlineMs: 100 })).toEqual({ problem: 'too_slow' });
		expect(await read('/absent')).toEqual({ problem: 'status' });
		expect(await read('/cut')).toEqual({ problem: 'unreachable' });
		expect(await read('/x', { ca: undefined })).toEqual({ problem: 'unreachable' });
	});
});

async function followed(bodies: (string | null)[]) {
	const db = await testDatabase();
	const referent = await aReferent(db);
	const by = actorOf(referent);
	const { host, read } = await service((_request, response) => {
		const body = bodies.shift();
		if (body === null || body === undefined) response.writeHead(500).end();
		else response.end(body);
	});
	const follow = (address = `https://${host}/agenda.ics`) =>
		db.write((tx) => followCalendar(tx, { address, hosts: [host], by, now: NOW }));
	await follow();
	const pull = (now = NOW) => readOutsideCalendars(db, now, () => read());
	const busy = async () =>
		(await db.read.select().from(outsideBusy)).map(({ startsAt }) => startsAt.toISOString().slice(0, 16));
	const status = () => followedCalendar(db.read, referent.id);
	return { db, referent, by, follow, pull, busy, status };
}

describe('the other calendar of a professional', () => {
	test('keeps its busy times out of the free hours, and nothing else of it is stored', async () => {
		const { db, referent, pull, busy, status } = await followed([BUSY]);
		await db.write((tx) =>
			addWeeklyHours(tx, {
				accountId: referent.id,
				weekday: 2,
				fromTime: '09:00',
				toTime: '12:00',
				mode: 'phone',
				now: NOW,
			}),
		);
		const sought = {
			referentId: referent.id,
			territoryId: referent.territoryId,
			zone: 'Europe/Paris',
			mode: 'phone' as const,
			durationMinutes: 60,
		};
		const free = async () => (await availableHours(db.read, sought, NOW, 1))[0];
		expect(await free()).toMatchObject({ day: '2026-03-03', time: '09:00' });
		expect(await pull()).toBe(1);
		expect(await busy()).toEqual(['2026-03-03T08:00']);
		expect(await free()).toMatchObject({ day: '2026-03-03', time: '10:30' });
		expect(await status()).toMatchObject({ readAt: NOW, problem: null });
		const tables = db.raw.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").pluck().all() as string[];
		const all = tables.map((table) => JSON.stringify(db.raw.prepare(`SELECT * FROM "${table}"`).all())).join();
		expect(all).not.toContain('Canari');
		expect(all).not.toContain('agenda.ics');
	});

	test('is read every quarter of an hour; when it fails, what is known stays and it waits an hour', async () => {
		const { pull, busy, status } = await followed([BUSY, null, 'bonjour', BUSY.replace('0303T0', '0304T0')]);
		expect(await pull()).toBe(1);
		expect(await pull(new Date(NOW.getTime() + 15 * MINUTE - 1))).toBe(0);
		const second = new Date(NOW.getTime() + 15 * MINUTE);
		expect(await pull(second)).toBe(1);
		expect(await busy()).toEqual(['2026-03-03T08:00']);
		expect(await status()).toMatchObject({ problem: 'status', readAt: NOW });
		expect(await pull(new Date(second.getTime() + 60 * MINUTE - 1))).toBe(0);
		const third = new Date(second.getTime() + 60 * MINUTE);
		expect(await pull(third)).toBe(1);
		expect(await status()).toMatchObject({ problem: 'unreadable' });
	});

	test('of somebody who works here no more is read no more', async () => {
		const { db, referent, pull } = await followed([BUSY, BUSY]);
		await db.write((tx) => disableAccount(tx, referent.id, NOW));
		expect(await pull()).toBe(0);
		await db.write((tx) => tx.update(account).set({ status: 'active' }).where(eq(account.id, referent.id)));
		expect(await pull()).toBe(1);
	});

	test('read by two workers at once is read once', async () => {
		const { pull } = await followed([BUSY, BUSY]);
		const read = await Promise.all([pull(), pull()]);
		expect(read.sort()).toEqual([0, 1]);
	});

	test('left, its busy times go with it; another address replaces the first', async () => {
		const { db, by, follow, pull, busy, status } = await followed([BUSY]);
		await pull();
		await follow();
		expect(await busy()).toEqual([]);
		expect(await db.read.select().from(outsideCalendar)).toHaveLength(1);
		await db.write((tx) => leaveCalendar(tx, { by, now: NOW }));
		expect(await status()).toBeNull();
	});

	test('at an address we may not read is refused; webcal: is https:', async () => {
		const { db, by, follow } = await followed([]);
		for (const address of ['', 'https://10.0.0.1/a.ics', 'webcal://localhost/a.ics'])
			await expect(follow(address)).rejects.toMatchObject({ code: 'calendar_address' });
		await follow('webcal://agenda.exemple.fr/a.ics');
		const [row] = await db.read.select().from(outsideCalendar).where(eq(outsideCalendar.accountId, by.accountId));
		expect(await followedCalendar(db.read, row!.accountId)).toMatchObject({ host: 'agenda.exemple.fr' });
	});
});
