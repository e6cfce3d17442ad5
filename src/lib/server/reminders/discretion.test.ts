import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { eq } from 'drizzle-orm';
import { expect, inject, test } from 'vitest';
import { anAppointment, aPerson, aReferent } from '../../../../tests/factories/index.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import { aDevice, anOutside, type Outside } from '../../../../tests/support/reminders.ts';
import { locales } from '../../paraglide/runtime.js';
import { CHANNELS } from '../../shared/codes.ts';
import type { Db } from '../db/client.ts';
import { person, reminder } from '../db/schema/index.ts';
import { REMINDER_KINDS } from '../db/schema/reminders.ts';
import { newId } from '../platform/ids.ts';
import { seal } from '../platform/sealing.ts';

/** Tuesday 1 December 2026, 10:00 in Paris: no quiet hour. */
const NOW = new Date('2026-12-01T09:00:00Z');
const CANARY = 'Xylophone';
/** Names, needs, benefits and services, as the four languages would write them. */
const TELLING =
	/xylophone|\brsa\b|\bcaf\b|emploi|logement|sant[ée]|garde|enfant|mobilit|insertion|\baides?\b|france travail|mission locale|childcare|\bjobs?\b|housing|health|benefit|\baid\b|مساعدة|حضانة|سكن|صحة|عمل|допомог|житло|здоров|робот/i;

/** Every kind of message there is to one person, all due now. */
async function everyKind(db: Db, personId: string, appointmentId: string) {
	const rows = REMINDER_KINDS.map((kind) => {
		const id = newId();
		const isAboutIt = kind.startsWith('appointment');
		return {
			id,
			kind,
			personId,
			onceKey: id,
			...(isAboutIt && { appointmentId, appointmentSequence: 0 }),
			template: kind === 'manual' ? 'paper' : null,
			textSealed: ['manual', 'aid_changed'].includes(kind) ? seal(`reminder.text_sealed:${id}`, CANARY) : null,
			path: kind === 'aid_changed' || kind === 'paper_due' ? '/aides/08-XXXX-XXXX' : '/accueil',
			dueAt: NOW,
			usefulUntil: new Date(NOW.getTime() + 86_400_000),
			state: 'scheduled' as const,
			actAt: NOW,
			attempts: 0,
			createdAt: NOW,
		};
	});
	await db.write((tx) => tx.insert(reminder).values(rows));
}

/** All that a worker in a process of its own writes: its log at its most talkative, and the mails and SMS that left. */
function allThatWorkerSays(db: Db, { service }: Outside): Promise<string> {
	const authority = path.join(inject('testFolder'), `authority-${service.host.replace(/\W/g, '-')}.pem`);
	writeFileSync(authority, service.ca);
	const script = path.resolve('tests/support/worker-process.ts');
	const args = ['--import', 'tsx', script, db.raw.name, service.host, NOW.toISOString(), 'aloud'];
	const child = spawn(process.execPath, args, {
		env: { ...process.env, NODE_EXTRA_CA_CERTS: authority, LOG_LEVEL: 'trace', VITEST: '' },
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	let said = '';
	for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += String(chunk)));
	return new Promise((resolve) => child.once('close', () => resolve(said)));
}

test(
	'in discreet mode nothing that leaves, and no line of the log, holds a name, a theme, a place or a benefit',
	{ timeout: 120_000 },
	async () => {
		const db = await testDatabase();
		const outside = await anOutside({ deadlineMs: 60_000 });
		const referent = await aReferent(db, { displayName: CANARY });
		let hour = 8;
		for (const locale of locales)
			for (const channel of CHANNELS) {
				const who = await aPerson(db, { firstName: CANARY, lastName: CANARY, locale, referent });
				await db.write((tx) =>
					tx
						.update(person)
						.set({ channelOrder: [channel] })
						.where(eq(person.id, who.id)),
				);
				if (channel === 'push') await aDevice(db, outside, { accountId: who.account.id, now: NOW });
				const place = { placeName: CANARY, address: CANARY };
				const { id } = await anAppointment(db, {
					personId: who.id,
					day: '2026-12-03',
					time: `${(hour += 1)}:00`.padStart(5, '0'),
					...place,
				});
				await everyKind(db, who.id, id);
			}
		// One push in ten fails: troubles are logged too.
		outside.service.setFault(({ attempt }) => (attempt % 10 === 0 ? { status: 500 } : null));
		const said = await allThatWorkerSays(db, outside);

		const perChannel = REMINDER_KINDS.length * locales.length;
		expect(outside.service.attempts).toBe(perChannel);
		expect(said.match(/^left /gm)).toHaveLength(2 * perChannel);
		// All of it but what is drawn by lot, which may spell anything.
		const shown = outside.pushes().map(({ id, beacon: _beacon, token: _token, path, ...told }) => {
			const leadsTo = path.replace(id, '').replace(/(?<=\/r\/).*/, '');
			return JSON.stringify({ ...told, tag: told.tag.replace(id, ''), leadsTo });
		});
		const telling = [...shown, ...said.split('\n')].filter((line) => TELLING.test(line));
		expect(telling).toEqual([]);
	},
);
