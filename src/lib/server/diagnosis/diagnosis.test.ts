import { expect, test } from 'vitest';
import { aFollowUp, aPerson, aReferent, aTerritory, NOW } from '../../../../tests/factories/index.ts';
import type { Professional } from '../../../../tests/factories/people.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import { signedIn } from '../../../../tests/support/signed-in.ts';
import type { Point, PointValue } from '../../shared/diagnosis.ts';
import { auditEntry, diagnosis, diagnosisValue } from '../db/schema/index.ts';
import { getFollowedPerson } from '../people/queries.ts';
import { answerDiagnosis, notePoints, notWritten, planInterview, saveSelf, shareDiagnosis } from './commands.ts';
import { diagnosisFor, ownDiagnosis } from './queries.ts';
import { seenOf } from './rules.ts';

const need = (note = ''): PointValue => ({
	need: 'need',
	constraint: 'yes',
	impact: 'high',
	priority: true,
	note,
});
const later = (days: number) => new Date(NOW.getTime() + days * 86_400_000);

async function aPair() {
	const db = await testDatabase();
	const territoryId = (await aTerritory(db)).id;
	const social = await aReferent(db, { territoryId });
	const work = await aReferent(db, { territoryId, side: 'work' });
	const person = await aPerson(db, { referent: social, second: work });
	const personId = person.id;
	const self = { accountId: person.account.id, role: 'beneficiary' as const, structureId: null };
	const as = (who: Professional) => signedIn(who) as ReturnType<typeof signedIn> & { structureId: string };
	const note = (who: Professional, point: Point, version: number, value = need(), now = NOW) =>
		db.write((tx) => notePoints(tx, { personId, by: as(who), changes: [{ point, version, value }], now }));
	const share = (now = NOW) => db.write((tx) => shareDiagnosis(tx, { personId, by: as(social), now }));
	const answer = (agrees: boolean, now = NOW) =>
		db.write((tx) =>
			answerDiagnosis(tx, { personId, by: self, agrees, point: 'housing', why: 'J’ai déjà un bail.', now }),
		);
	return { db, territoryId, social, work, person, personId, self, as, note, share, answer };
}

test('the person’s own part is kept page by page, and what was not answered stays so', async () => {
	const { db, personId, self } = await aPair();
	const save = (part: object) => db.write((tx) => saveSelf(tx, { personId, by: self, part, now: NOW }));
	await save({ views: { employment: 'strong' } });
	await save({ views: { housing: 'hard' } });
	await save({ goals: 'Travailler en cuisine', works: '' });
	const view = (await ownDiagnosis(db.read, personId, NOW))!;
	expect(view).toMatchObject({ state: 'self_started', goals: 'Travailler en cuisine', isShared: false, asks: null });
	expect(Object.fromEntries(view.points.map(({ point, view }) => [point, view]))).toMatchObject({
		employment: 'strong',
		housing: 'hard',
		health: null,
	});
	const rows = JSON.stringify(await db.read.select().from(diagnosis));
	expect(rows).not.toMatch(/cuisine|strong|hard/);
});

test('each value says who noted it, when and for which structure; texts are sealed and kept out of the history', async () => {
	const { db, personId, social, work, note } = await aPair();
	await note(social, 'housing', 0, need('Hébergée par une amie'));
	await note(work, 'employment', 0, need(), later(1));
	const { points, state } = (await diagnosisFor(db.read, personId, null, NOW))!;
	expect(state).toBe('interview_planned');
	expect(points.find(({ point }) => point === 'employment')!.noted).toMatchObject({
		byName: work.displayName,
		side: 'work',
		at: later(1),
	});
	expect(points.find(({ point }) => point === 'housing')!.noted!.byName).toBe(social.displayName);
	const stored = [await db.read.select().from(diagnosisValue), await db.read.select().from(auditEntry)];
	expect(JSON.stringify(stored)).not.toMatch(/amie|"need"/);
});

test('two professionals who change the same value: the second sees both, and nothing is overwritten', async () => {
	const { db, personId, social, work, note } = await aPair();
	await note(social, 'housing', 0, need('premier'));
	const { conflicts } = await note(work, 'housing', 0, need('second'));
	expect(conflicts).toMatchObject([
		{
			point: 'housing',
			saved: { version: 1, byName: social.displayName, value: { note: 'premier' } },
			mine: { note: 'second' },
		},
	]);
	const noteOf = async () =>
		(await diagnosisFor(db.read, personId, null, NOW))!.points.find(({ point }) => point === 'housing')!.value.note;
	expect(await noteOf()).toBe('premier');
	// Sent again from what they now see, it is written.
	expect((await note(work, 'housing', 1, need('second'))).conflicts).toEqual([]);
	expect(await noteOf()).toBe('second');
});

test('a point the second form did not touch keeps what the first one wrote', async () => {
	const { db, personId, social, work, as, note } = await aPair();
	await note(social, 'housing', 0, need('premier'));
	await note(social, 'housing', 1, need('corrigé'));
	const changes = [
		{ point: 'housing' as const, version: 1, value: need('premier') },
		{ point: 'mobility' as const, version: 0, value: need('permis') },
	];
	const { conflicts } = await db.write((tx) => notePoints(tx, { personId, by: as(work), changes, now: NOW }));
	expect(conflicts).toEqual([]);
	const { points } = (await diagnosisFor(db.read, personId, null, NOW))!;
	expect(points.find(({ point }) => point === 'housing')).toMatchObject({ version: 2, value: { note: 'corrigé' } });
	expect(points.find(({ point }) => point === 'mobility')!.value.note).toBe('permis');
});

test('the person sees what professionals noted once it is shared, then agrees', async () => {
	const { db, personId, social, note, share, answer } = await aPair();
	await note(social, 'housing', 0, need('canari'));
	expect(JSON.stringify(await ownDiagnosis(db.read, personId, NOW))).not.toContain('canari');
	expect(await share()).toMatchObject({ answerBy: '2026-03-12' });
	expect(await ownDiagnosis(db.read, personId, NOW)).toMatchObject({ asks: 'answer', isFinal: false });
	await expect(note(social, 'housing', 1)).rejects.toThrow('diagnosis_refused');
	await answer(true);
	expect(await ownDiagnosis(db.read, personId, NOW)).toMatchObject({ state: 'agreed', asks: null, isFinal: true });
	await expect(answer(false)).rejects.toThrow('diagnosis_refused');
});

test('a contested point is amended and shared again; why it was contested stays readable', async () => {
	const { db, personId, social, note, share, answer } = await aPair();
	await note(social, 'housing', 0);
	await share();
	await answer(false, later(2));
	await note(social, 'housing', 1, { ...need('corrigé'), need: 'strong' } as PointValue, later(3));
	await note(social, 'mobility', 0, need('ajouté'), later(3));
	// What is being corrected is not shown as if it were settled: they read what they contest until it is shared again.
	const meanwhile = (await ownDiagnosis(db.read, personId, later(3)))!;
	expect(meanwhile).toMatchObject({ state: 'contested', isShared: true, isFinal: false, asks: null });
	expect(JSON.stringify(meanwhile)).not.toMatch(/corrigé|ajouté/);
	expect(meanwhile.points.find(({ point }) => point === 'housing')).toMatchObject({
		version: 1,
		value: { need: 'need' },
	});
	expect(JSON.stringify(await diagnosisFor(db.read, personId, null, later(3)))).toMatch(
		/corrigé.*ajouté|ajouté.*corrigé/,
	);
	await share(later(4));
	const view = await ownDiagnosis(db.read, personId, later(4));
	expect(view).toMatchObject({
		asks: 'answer',
		answers: [{ agrees: false, point: 'housing', why: 'J’ai déjà un bail.' }],
	});
	expect(JSON.stringify(view)).toMatch(/corrigé.*ajouté|ajouté.*corrigé/);
	await answer(true, later(4));
	expect((await ownDiagnosis(db.read, personId, later(4)))!.answers).toHaveLength(2);
});

test('what is agreed to is what was read: shared again since the page was shown, it is read first', async () => {
	const { db, personId, self, social, note, share, answer } = await aPair();
	await note(social, 'housing', 0);
	await share();
	const shown = (await ownDiagnosis(db.read, personId, NOW))!.sharedAt;
	await answer(false, later(1));
	await note(social, 'housing', 1, need('corrigé'), later(2));
	await share(later(2));
	const agree = (seen: Date | null) =>
		db.write((tx) =>
			answerDiagnosis(tx, { personId, by: self, agrees: true, seen: seen!.toISOString(), now: later(3) }),
		);
	await expect(agree(shown)).rejects.toThrow('diagnosis_refused');
	await agree((await ownDiagnosis(db.read, personId, later(3)))!.sharedAt);
	expect(await ownDiagnosis(db.read, personId, later(3))).toMatchObject({ state: 'agreed' });
});

test('without an answer it is final once the last day is over in the zone of the territory', async () => {
	const { db, personId, social, note, share, answer } = await aPair();
	await note(social, 'housing', 0);
	await share();
	// 12 March ends at 23:00 UTC in Paris.
	expect(await ownDiagnosis(db.read, personId, new Date('2026-03-12T22:59:00Z'))).toMatchObject({ isFinal: false });
	expect(await ownDiagnosis(db.read, personId, new Date('2026-03-12T23:00:00Z'))).toMatchObject({
		isFinal: true,
		asks: null,
	});
	await expect(answer(false, new Date('2026-03-12T23:00:00Z'))).rejects.toThrow('diagnosis_refused');
});

test('an empty one is not shared; a final one is begun again and the old one kept', async () => {
	const { db, personId, social, as, note, share, answer } = await aPair();
	await expect(share()).rejects.toThrow('diagnosis_empty');
	const plan = () => db.write((tx) => planInterview(tx, { personId, by: as(social), now: NOW }));
	expect((await plan()).changed).toBe(true);
	expect((await plan()).changed).toBe(false);
	expect(await ownDiagnosis(db.read, personId, NOW)).toMatchObject({ asks: 'self' });
	await expect(share()).rejects.toThrow('diagnosis_empty');
	await note(social, 'housing', 0);
	await share();
	await answer(true);
	expect((await plan()).changed).toBe(true);
	expect(await ownDiagnosis(db.read, personId, NOW)).toMatchObject({ state: 'interview_planned', isShared: false });
	expect(await db.read.select().from(diagnosis)).toHaveLength(2);
});

test('a member sees the points of their themes; nothing of another theme leaks', async () => {
	const { db, territoryId, social, person, personId, self, note, share, answer } = await aPair();
	const member = await aReferent(db, { territoryId });
	await aFollowUp(db, { personId, member, part: 'member', themes: ['mobility'] });
	await db.write((tx) =>
		saveSelf(tx, { personId: person.id, by: self, part: { goals: 'canari', views: { health: 'talk' } }, now: NOW }),
	);
	await note(social, 'mobility', 0, need('pas de permis'));
	await note(social, 'health', 0, need('canari'));
	await note(social, 'power', 0, { level: 'low', note: 'canari' });
	await share();
	await answer(false);
	const { themes } = await getFollowedPerson(db.read, signedIn(member), personId);
	const seen = await diagnosisFor(db.read, personId, themes, NOW);
	expect(seen!.points.map(({ point }) => point)).toEqual(['mobility']);
	expect(JSON.stringify(seen)).toContain('pas de permis');
	expect(JSON.stringify(seen)).not.toMatch(/canari|talk|bail/);
});

test('what was being written when a colleague shared comes back point by point, without what was not touched', async () => {
	const { db, personId, social, work, note, share } = await aPair();
	await note(social, 'housing', 0, need('Hébergée'));
	await share();
	await expect(note(work, 'employment', 0, need('Un CAP'))).rejects.toThrow('diagnosis_refused');
	const typed = [
		{ point: 'housing' as const, version: 1, value: need('Hébergée') },
		{ point: 'employment' as const, version: 0, value: need('Un CAP') },
	];
	expect(await notWritten(db.read, personId, typed)).toEqual([
		{ point: 'employment', saved: undefined, mine: need('Un CAP') },
	]);
});

test('what is shared is what was read: a point changed since the page was shown refuses it', async () => {
	const { db, personId, social, work, as, note } = await aPair();
	const shown = async () => seenOf((await diagnosisFor(db.read, personId, null, NOW))!.points);
	const share = (seen: string) => db.write((tx) => shareDiagnosis(tx, { personId, seen, by: as(social), now: NOW }));
	await note(social, 'housing', 0);
	const seen = await shown();
	await note(work, 'housing', 1, need('Expulsion prévue'));
	await expect(share(seen)).rejects.toThrow('diagnosis_changed');
	const again = await shown();
	await note(work, 'employment', 0);
	await expect(share(again)).rejects.toThrow('diagnosis_changed');
	await share(await shown());
	expect((await diagnosisFor(db.read, personId, null, NOW))!.state).toBe('shared');
});
