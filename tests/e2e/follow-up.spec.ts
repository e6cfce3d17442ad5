import { expect, test } from '@playwright/test';
import { demoAccount, followedPerson, openSessionOf, withDatabase } from '../support/fixtures.ts';
import { ask, type Asked } from '../support/http.ts';
import { seededCopy, startPortal, type Portal } from '../support/portal.ts';

/**
 * The shared follow-up over months, read and posted as a browser without script does: delays across a holiday, the limit of a
 * caseload, a referent who leaves, the first months at work, two who change the same thing. The clock is moved, nothing waits.
 */
const DAY_MS = 86_400_000;
const iso = (at: Date) => at.toISOString().slice(0, 10);

let portal: Portal;
let now = new Date();

test.beforeAll(async () => {
	portal = await startPortal({ dataDir: seededCopy(), clock: now, env: { ROLE: 'web' } });
});
test.afterAll(() => portal?.stop());

async function setClock(at: Date): Promise<void> {
	now = at;
	await portal.setClock(at);
}

/** Words of the page, as they are read. */
const wordsOf = ({ body }: Asked) =>
	body
		.replace(/<(script|style|head)[\s\S]*?<\/\1>/g, '')
		.replace(/<[^>]+>/g, ' ')
		.replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
		.replace(/&quot;/g, '"')
		.replace(/&amp;/g, '&')
		.replace(/\s+/g, ' ');

/** Somebody signed in at this moment: what a page says, and what a form answers. */
function someoneSignedIn(contact: string) {
	const session = openSessionOf(portal, contact, { now });
	const reads = async (path: string) => {
		const answer = await ask(portal, path, { session });
		expect(answer.status, path).toBe(200);
		return wordsOf(answer);
	};
	/** Posts, and follows to the page it leads to. */
	const sends = async (path: string, form: Record<string, string | string[]>) => {
		const answer = await ask(portal, path, { session, form });
		return answer.status === 303 ? reads(answer.location) : wordsOf(answer);
	};
	return { reads, sends };
}

const one = <T>(sql: string, ...values: unknown[]) =>
	withDatabase(portal, (database) => database.prepare(sql).get(...values) as T);

const someone = (contact: string) => followedPerson(portal, contact);

/** What comes before and after a word, in a page. */
const around = (page: string, word: string | RegExp) => {
	const at = page.search(word);
	return at < 0 ? '' : page.slice(at, at + 400);
};

test('in Deux-Sèvres the limit of people per referent holds, until the coordinator says why', async () => {
	const { contact } = demoAccount(portal, 'referent', 'Deux-Sèvres');
	const referent = one<{ id: string }>(`SELECT id FROM account WHERE email = ?`, contact).id;
	const { people } = one<{ people: number }>(
		`SELECT count(*) people FROM follow_up_member WHERE account_id = ? AND part = 'lead' AND ended_at IS NULL`,
		referent,
	);
	withDatabase(portal, (database) =>
		database
			.prepare(`UPDATE territory SET settings = json_set(settings, '$.caseloadLimit', ?) WHERE id = 'deux-sevres'`)
			.run(people),
	);
	const { reference } = one<{ reference: string }>(
		`SELECT reference FROM support_request WHERE territory_id = 'deux-sevres' AND status = 'submitted' ORDER BY submitted_at LIMIT 1`,
	);
	const address = `/pro/demandes/${reference}`;
	const desk = someoneSignedIn(contact);
	expect(await desk.sends(`${address}?/take`, { kind: 'socio_pro' })).toContain(
		'La limite de personnes suivies est atteinte.',
	);
	const steering = someoneSignedIn(demoAccount(portal, 'coordinator', 'Deux-Sèvres').contact);
	const given = { kind: 'socio_pro', accountId: referent };
	expect(await steering.sends(`${address}?/assign`, { ...given, reason: '' })).toContain('limite');
	await steering.sends(`${address}?/assign`, { ...given, reason: 'Sa collègue est en congé' });
	expect(await desk.reads(address)).not.toContain('Je prends cette demande');
});

test('a referent leaves: their people have nobody at once, all go to another in one go, and are told', async () => {
	const maelys = someone('maelys@example.fr');
	const heir = one<{ id: string; name: string }>(
		`SELECT id, display_name name FROM account WHERE territory_id = 'guyane' AND role = 'referent' AND status = 'active' AND id <> ?`,
		maelys.lead.id,
	);
	const desk = someoneSignedIn(demoAccount(portal, 'coordinator', 'Guyane').contact);
	await desk.sends('/pilotage/territoire?/disable', { accountId: maelys.lead.id });
	const answer = await ask(portal, '/pilotage', {
		session: openSessionOf(portal, demoAccount(portal, 'coordinator', 'Guyane').contact, { now }),
	});
	const orphans = [...answer.body.matchAll(/name="people\[\]"[^>]*value="([^"]+)"/g)].map(([, id]) => id!);
	expect(orphans.length).toBeGreaterThan(1);
	expect(orphans).toContain(maelys.id);
	expect(wordsOf(answer)).toContain('Personnes sans référent');
	await desk.sends('/pilotage', { 'people[]': orphans, accountId: heir.id });
	const still = one<{ people: number }>(
		`SELECT count(*) people FROM follow_up_member WHERE account_id = ? AND part = 'lead' AND ended_at IS NULL`,
		maelys.lead.id,
	);
	expect(still.people).toBe(0);
	// History kept: the old line is there, ended.
	const lines = one<{ lines: number }>(`SELECT count(*) lines FROM follow_up_member WHERE person_id = ?`, maelys.id);
	expect(lines.lines).toBeGreaterThan(1);
	expect(await someoneSignedIn(maelys.contact).reads('/parcours')).toContain(heir.name);
	const told = one<{ notices: number }>(
		`SELECT count(*) notices FROM reminder WHERE person_id = ? AND once_key LIKE 'lead_changed:%'`,
		maelys.id,
	);
	expect(told.notices).toBe(1);

	// The same list, left open by another coordinator: whoever was given somebody meanwhile keeps them.
	const another = one<{ id: string }>(
		`SELECT id FROM account WHERE territory_id = 'guyane' AND role = 'referent' AND status = 'active' AND id <> ?`,
		heir.id,
	);
	const late = await desk.sends('/pilotage', { 'people[]': orphans, accountId: another.id });
	expect(late).toContain('Cette page a changé entre-temps.');
	const kept = one<{ lead: string }>(
		`SELECT account_id lead FROM follow_up_member WHERE person_id = ? AND part = 'lead' AND ended_at IS NULL`,
		maelys.id,
	);
	expect(kept.lead).toBe(heir.id);
});

test('an invitation that did not arrive is sent again, and the account is the same', async () => {
	const desk = someoneSignedIn(demoAccount(portal, 'coordinator', 'Guyane').contact);
	const { id } = one<{ id: string }>(`SELECT id FROM structure WHERE territory_id = 'guyane' LIMIT 1`);
	const form = { name: 'Lou Martin', email: 'lou@example.fr', structureId: id, role: 'referent', side: '' };
	for (let sent = 0; sent < 2; sent += 1)
		expect(await desk.sends('/pilotage/territoire?/invite', form)).toContain('L’invitation est partie.');
	const invited = one<{ accounts: number }>(`SELECT count(*) accounts FROM account WHERE email = 'lou@example.fr'`);
	expect(invited.accounts).toBe(1);
});

test('their referent left, they ask again: home says that nobody answers, and who takes it has what was promised', async () => {
	const maelys = someone('maelys@example.fr');
	const promise = { title: 'Appeler le bailleur', owner: 'referent', dueOn: '' };
	await someoneSignedIn(maelys.lead.email).sends(`/pro/personnes/${maelys.id}/parcours?/add`, promise);
	const phone = someoneSignedIn(maelys.contact);
	expect(await phone.reads('/parcours')).toContain(`Appeler le bailleur ${maelys.lead.name} s’en occupe`);
	const steering = someoneSignedIn(demoAccount(portal, 'coordinator', 'Guyane').contact);
	await steering.sends('/pilotage/territoire?/disable', { accountId: maelys.lead.id });
	// As it is in the database while their request goes on, then once they ended it and asked again.
	const setRequest = (status: 'assigned' | 'submitted', leadId: string | null) =>
		one<{ reference: string }>(
			`UPDATE support_request SET status = ?, assigned_to_id = ?, closed_at = NULL WHERE id =
				(SELECT id FROM support_request WHERE person_id = ? ORDER BY submitted_at DESC LIMIT 1) RETURNING reference`,
			status,
			leadId,
			maelys.id,
		);
	setRequest('assigned', maelys.lead.id);
	const home = await phone.reads('/accueil');
	expect(home).toContain('Personne n’est nommé pour vous suivre en ce moment.');
	expect(home).not.toContain('Quelqu’un s’en occupe.');
	const { reference } = setRequest('submitted', null);
	const next = one<{ email: string; name: string }>(
		`SELECT email, display_name name FROM account WHERE territory_id = 'guyane' AND role = 'referent' AND status = 'active' LIMIT 1`,
	);
	await someoneSignedIn(next.email).sends(`/pro/demandes/${reference}?/take`, { kind: 'socio_pro', second: '' });
	expect(await phone.reads('/parcours')).toContain(`Appeler le bailleur ${next.name} s’en occupe`);
	expect(around(await someoneSignedIn(next.email).reads('/pro'), 'Mes actions')).toContain('Appeler le bailleur');
});

test('two professionals change the same goal, stage or orientation: the second sees both, nothing is overwritten', async () => {
	const amina = someone('amina@example.fr');
	const address = `/pro/personnes/${amina.id}/parcours`;
	const desk = someoneSignedIn(amina.lead.email);
	const goal = one<{ id: string; version: number }>(
		`SELECT g.id, g.version FROM goal g JOIN pathway p ON p.id = g.pathway_id WHERE p.person_id = ? AND g.state = 'open' LIMIT 1`,
		amina.id,
	);
	const change = (goalState: string) =>
		desk.sends(`${address}?/goalState`, { goal: goal.id, version: String(goal.version), goalState });
	await change('reached');
	const second = await change('given_up');
	expect(second).toContain('Quelqu’un a changé la même chose entre-temps.');
	expect(around(second, 'Ce qui est enregistré')).toMatch(/atteint.*Ce que vous demandiez : abandonné/);

	const stages = withDatabase(portal, (database) =>
		database
			.prepare(
				`SELECT s.id, s.state, s.position FROM stage s JOIN pathway p ON p.id = s.pathway_id WHERE p.person_id = ? AND p.ended_at IS NULL ORDER BY s.position`,
			)
			.all(amina.id),
	) as { id: string; state: string; position: number }[];
	const from = stages.find(({ state }) => state === 'current')!.id;
	const [one_, other] = stages.filter(({ state }) => state !== 'current');
	await desk.sends(`${address}?/enter`, { stage: one_!.id, from, reason: 'À la demande de la personne' });
	const late = await desk.sends(`${address}?/enter`, { stage: other!.id, from, reason: 'Mon idée à moi' });
	expect(late).toContain('Quelqu’un a changé la même chose entre-temps.');
	expect(late).toContain('Mon idée à moi');
	const current = one<{ id: string }>(
		`SELECT s.id FROM stage s JOIN pathway p ON p.id = s.pathway_id WHERE p.person_id = ? AND s.state = 'current'`,
		amina.id,
	);
	expect(current.id).toBe(one_!.id);

	const { kind } = one<{ kind: string }>(`SELECT kind FROM pathway WHERE person_id = ? AND ended_at IS NULL`, amina.id);
	const [first, last] = ['pro', 'socio_pro', 'social'].filter((other) => other !== kind);
	const turn = (to: string) =>
		desk.sends(`${address}?/reorient`, { kind: to, fromKind: kind, orientationReason: `Vers ${to}` });
	await turn(first!);
	const refused = await turn(last!);
	expect(refused).toContain('Ce qui est enregistré');
	expect(refused).toContain(`Vers ${last}`);
	expect(one<{ kind: string }>(`SELECT kind FROM pathway WHERE person_id = ?`, amina.id).kind).toBe(first);
	// Every change is in the person's history.
	const own = await someoneSignedIn(amina.contact).reads('/parcours/historique');
	for (const change of ['Un objectif a changé', 'Une étape a commencé', 'L’orientation a changé'])
		expect(around(own, change), change).toContain(`par ${amina.lead.name}`);
});

test('a template changed meanwhile is not overwritten, not even after a look at it as received; what was typed is not lost', async () => {
	const session = openSessionOf(portal, demoAccount(portal, 'coordinator', 'Doubs').contact, { now });
	const post = async (path: string, form: Record<string, string>) =>
		(await ask(portal, `/pilotage/messages${path}`, { session, form })).body;
	await post('', { name: 'Rentrée', subject: 'news', text_fr: 'Du nouveau pour vous' });
	const { id } = one<{ id: string }>(`SELECT id FROM message_template WHERE name = 'Rentrée'`);
	const said = (text_fr: string, from = '1') => ({ name: 'Rentrée', from, text_fr });
	await post(`/${id}?/save`, said('Les ateliers reprennent'));
	const tried = await post(`/${id}?/preview`, said('Des places restent'));
	const [, from = ''] = /name="from" value="(\d+)"/.exec(tried) ?? [];
	const late = await post(`/${id}?/save`, said('Des places restent', from));
	expect(late).toContain('Quelqu’un vient de changer ce modèle.');
	expect(late).toMatch(/<textarea[^>]*name="text_fr"[^>]*>Des places restent</);
	expect(late).toContain('name="from" value="2"');
});

test('a text that looks like a diagnosis comes back once, and is kept by who says so; a number of social security never', async () => {
	const amina = someone('amina@example.fr');
	const address = `/pro/personnes/${amina.id}/parcours`;
	const desk = someoneSignedIn(amina.lead.email);
	const step = { owner: 'person', title: 'Souffre de dépression', note: '' };
	const asked = await desk.sends(`${address}?/add`, step);
	expect(asked).toContain('Ce texte ressemble à un diagnostic médical.');
	expect(asked).toContain('Garder quand même');
	expect(await desk.sends(`${address}?/add`, { ...step, keepText: '1' })).toContain('Souffre de dépression');
	const numbered = { ...step, title: 'Numéro 2 85 05 78 006 084 36', keepText: '1' };
	expect(await desk.sends(`${address}?/add`, numbered)).toContain('N’écrivez pas de numéro de sécurité sociale.');
	for (const [path, form] of [
		[`${address}?/goal`, { goalTheme: 'employment', goalText: 'Guérir de son cancer' }],
		[`/pro/personnes/${amina.id}/point`, { looked: 'Traitement par méthadone' }],
		[`/pro/personnes/${amina.id}?/note`, { workingNote: 'Peut-être bipolaire' }],
	] as const)
		expect(await desk.sends(path, form), path).toContain('Garder quand même');
});

/** 21 December at 10:00 UTC, ahead of us: ten working days from there cross Christmas and New Year's day. */
function beforeChristmas(): Date {
	const here = new Date(Date.UTC(now.getUTCFullYear(), 11, 21, 10));
	return here > now ? here : new Date(Date.UTC(now.getUTCFullYear() + 1, 11, 21, 10));
}

/** Monday to Friday but the two fixed holidays of those weeks: what « jours ouvrés » are between two years. */
function workingDaysAfter(from: Date, count: number): Date {
	const day = new Date(from);
	for (let left = count; left > 0;) {
		day.setTime(day.getTime() + DAY_MS);
		const closed = [0, 6].includes(day.getUTCDay()) || ['12-25', '01-01'].includes(iso(day).slice(5));
		if (!closed) left--;
	}
	return day;
}

test('no message got through: whoever rang the person says so, once, and the person reads it', async () => {
	const nadege = someone('nadege@example.fr');
	const at = now.getTime();
	withDatabase(portal, (database) =>
		database
			.prepare(
				`INSERT INTO reminder (id, once_key, kind, person_id, path, due_at, useful_until, state, reason, attempts, created_at)
				 VALUES ('unheard', 'unheard', 'manual', ?, '/compte/messages', ?, ?, 'failed', 'unreachable', 0, ?)`,
			)
			.run(nadege.id, at, at + DAY_MS, at),
	);
	await setClock(new Date(at + 60_000));
	const desk = someoneSignedIn(nadege.lead.email);
	expect(around(await desk.reads('/pro'), 'Nadège Lemoine')).toContain('Injoignable');
	const file = `/pro/personnes/${nadege.id}`;
	expect(await desk.reads(file)).toContain('J’ai pu lui parler');
	expect(await desk.sends(`${file}?/spoken`, {})).not.toContain('J’ai pu lui parler');
	expect(around(await desk.reads('/pro'), 'Nadège Lemoine')).not.toContain('Injoignable');
	expect(await someoneSignedIn(nadege.contact).reads('/compte/acces')).toContain('A parlé avec vous');
});

test('Manche’s five steps: a delay in working days crosses two holidays, and both sides see it pass the day after', async () => {
	const nadege = someone('nadege@example.fr');
	await setClock(beforeChristmas());
	const desk = someoneSignedIn(nadege.lead.email);
	const address = `/pro/personnes/${nadege.id}/parcours`;
	const stages = withDatabase(portal, (database) =>
		database
			.prepare(
				`SELECT s.id, s.state, s.name, s.target_days days, s.day_type type FROM stage s JOIN pathway p ON p.id = s.pathway_id WHERE p.person_id = ? ORDER BY s.position`,
			)
			.all(nadege.id),
	) as { id: string; state: string; name: string; days: number; type: string }[];
	expect(stages).toHaveLength(5);
	const fourth = stages.find(({ name }) => name.includes('Je rencontre mon référent'))!;
	expect(fourth).toMatchObject({ state: 'upcoming', type: 'ouvre' });
	const from = stages.find(({ state }) => state === 'current')!.id;
	const page = await desk.sends(`${address}?/enter`, { stage: fourth.id, from, reason: 'Décidé ensemble' });
	const last = workingDaysAfter(now, fourth.days);
	expect(around(page, 'Je rencontre mon référent')).toContain(`${last.getUTCDate()} janvier`);

	await setClock(last);
	expect(await someoneSignedIn(nadege.contact).reads('/parcours')).not.toContain('devait finir');
	await setClock(new Date(last.getTime() + DAY_MS));
	const phone = someoneSignedIn(nadege.contact);
	expect(await phone.reads('/parcours')).toContain('L’étape « Je rencontre mon référent » devait finir');
	expect(await phone.sends('/parcours?/waiting', {})).toContain('Vous l’avez dit.');
	const after = someoneSignedIn(nadege.lead.email);
	expect(around(await after.reads('/pro'), 'Nadège Lemoine')).toContain('Attend toujours');
	expect(await after.reads(`/pro/personnes/${nadege.id}`)).toContain('1 jour de retard');
	const steering = someoneSignedIn(demoAccount(portal, 'coordinator', 'Manche').contact);
	// The most late first: how many pages come before her depends on how far Christmas is.
	const pages = [''];
	do pages.push(await steering.reads(`/pilotage/delais?delai=stage&page=${pages.length}`));
	while (pages.at(-1)!.includes('Page suivante'));
	expect(pages.join('')).toContain('Lemoine');
});

test('three months in work: asked at weeks 1, 4, 8 and 12; a bad answer and none reach the referent the same day', async () => {
	const karim = someone('karim@example.fr');
	const address = `/pro/personnes/${karim.id}/parcours`;
	const desk = someoneSignedIn(karim.lead.email);
	const { id: from } = one<{ id: string }>(
		`SELECT s.id FROM stage s JOIN pathway p ON p.id = s.pathway_id WHERE p.person_id = ? AND p.ended_at IS NULL AND s.state = 'current'`,
		karim.id,
	);
	const hire = { endReason: 'work', endNote: '', from };
	expect(await desk.sends(`${address}?/close`, hire)).toContain('Premiers mois au travail');
	// Sent again, or by the other half of the pair from a page shown before: nothing ends.
	expect(await desk.sends(`${address}?/close`, hire)).toContain('Rien n’est clos.');
	const asked = () =>
		one<{ id: string }>(
			`SELECT c.id FROM check_in c WHERE c.person_id = ? AND c.answer IS NULL AND c.due_on <= ? ORDER BY c.due_on DESC LIMIT 1`,
			karim.id,
			iso(now),
		).id;
	/** 19:00 UTC of the day it is asked: past 18:00 in every season of Paris. */
	const evening = async (week: number) => {
		const { day } = one<{ day: string }>(
			`SELECT due_on AS day FROM check_in WHERE person_id = ? AND week = ?`,
			karim.id,
			week,
		);
		await setClock(new Date(`${day}T19:00:00Z`));
	};
	const seen = async () => around(await someoneSignedIn(karim.lead.email).reads('/pro'), 'Karim Benali');
	const phone = () => someoneSignedIn(karim.contact);

	await evening(1);
	expect(await phone().reads('/parcours')).toContain('Comment se passe le travail ?');
	expect(await seen(), 'nothing said by the evening').toContain('pas de réponse');
	await phone().sends('/parcours?/checkin', { checkIn: asked(), answer: 'fine', checkInNote: '' });
	expect(await seen()).not.toContain('pas de réponse');
	await evening(4);
	const called = { checkIn: asked(), answer: 'call', checkInNote: 'Mes horaires changent' };
	await phone().sends('/parcours?/checkin', called);
	expect(await seen()).toMatch(/aimerait un appel/);
	expect(await someoneSignedIn(karim.lead.email).sends(`${address}?/handled`, { stage: called.checkIn })).toContain(
		'pris en charge',
	);
	await evening(8);
	expect(await seen()).toContain('pas de réponse');
	await evening(12);
	await phone().sends('/parcours?/checkin', { checkIn: asked(), answer: 'hard', checkInNote: '' });
	expect(await seen()).toContain('c’est difficile');
	const weeks = withDatabase(portal, (database) =>
		database.prepare(`SELECT week FROM check_in WHERE person_id = ? ORDER BY week`).pluck().all(karim.id),
	);
	expect(weeks).toEqual([1, 4, 8, 12]);
});
