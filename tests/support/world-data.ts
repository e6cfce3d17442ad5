/**
 * Writes a small world into an empty data folder, in a process of its own because the keys of a demo are read once:
 * `DEMO=1 DATA_DIR=… tsx world-data.ts`. Every text of person A carries a mark that nobody else may read (world.ts).
 */
import { eq } from 'drizzle-orm';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { inviteAccount } from '../../src/lib/server/accounts/commands.ts';
import { openSession, type SessionKind } from '../../src/lib/server/accounts/sessions.ts';
import { openDatabase, type Db } from '../../src/lib/server/db/client.ts';
import { newRatingLink } from '../../src/lib/server/evaluation/commands.ts';
import { migrateDatabase } from '../../src/lib/server/db/migrate.ts';
import * as tables from '../../src/lib/server/db/schema/index.ts';
import { openExceptionally } from '../../src/lib/server/people/exceptional.ts';
import { config } from '../../src/lib/server/platform/config.ts';
import { createTemplate } from '../../src/lib/server/reminders/templates.ts';
import { newId } from '../../src/lib/server/platform/ids.ts';
import { seal } from '../../src/lib/server/platform/sealing.ts';
import { shipSchemes } from '../../src/lib/server/childcare/profiles.ts';
import { createTerritory, importReference } from '../../src/lib/server/territories/commands.ts';
import { listStructures } from '../../src/lib/server/territories/queries.ts';
import { getProfile } from '../../src/lib/server/territories/profiles.ts';
import { aCoordinator, aFollowUp, aPerson, aReferent, aStructure } from '../factories/index.ts';
import { THEMES } from '../../src/lib/shared/themes.ts';
import { insertOne } from '../factories/insert.ts';
import { signedIn } from './signed-in.ts';
import type { World } from './world.ts';
import { aFullFile, DAY_MS, HOME, now } from './world-file.ts';

const { databaseFile, root, dataDir } = config();

/** What the coordinator of a territory builds, reads and answers. */
async function evaluatedIn(
	db: Db,
	{ territoryId, personId, rating }: { territoryId: string; personId: string; rating: string },
): Promise<World['evaluated']> {
	const comment = 4_711;
	await insertOne(db, tables.ratingComment, {
		...{ id: comment, territoryId, month: now.toISOString().slice(0, 7), themes: [] },
		textSealed: seal(`rating_comment.text_sealed:${comment}`, 'On m’a écoutée'),
	});
	const callback = await insertOne(db, tables.callback, { id: newId(), personId, territoryId, dueOn: '2031-03-04' });
	const proposed = newId();
	await insertOne(db, tables.panelQuestion, {
		...{ id: proposed, territoryId, season: '2026-1', state: 'proposed', votes: 0 },
		textSealed: seal(`panel_question.text_sealed:${proposed}`, 'Le lieu vous va-t-il ?'),
	});
	const questionnaire = await insertOne(db, tables.questionnaire, {
		...{ id: newId(), territoryId, title: 'Après un rendez-vous', status: 'draft', questions: [{ code: 'listened' }] },
		...{ moments: ['appointment_seen'], audience: 'all', createdAt: now, updatedAt: now },
	});
	const ratingLink = (await db.write((tx) => newRatingLink(tx, rating)))!;
	return {
		...{ ratingLink, callback: callback.id, comment: String(comment) },
		...{ panelQuestion: proposed, questionnaire: questionnaire.id },
	};
}

async function makeWorld(db: Db): Promise<World> {
	await db.write(async (tx) => {
		await tx.insert(tables.meta).values({ key: 'made_by', value: 'demo' });
		await importReference(tx, root);
		for (const id of ['ardennes', 'doubs']) {
			await createTerritory(tx, getProfile(id), now);
			await shipSchemes(tx, id, now);
		}
	});
	const [territoryId, far] = ['ardennes', 'doubs'] as const;
	const structure = await aStructure(db, { territoryId });
	const here = { territoryId, structureId: structure.id };
	const lead = await aReferent(db, here);
	const colleague = await aReferent(db, here);
	const stranger = await aReferent(db, { territoryId: far });
	const deciding = (await listStructures(db.read, territoryId)).find(({ decidesAids }) => decidesAids)!;
	const decider = await aReferent(db, { territoryId, structureId: deciding.id });
	const disabled = await aReferent(db, here);
	const elsewhere = async () => aReferent(db, { territoryId, structureId: (await aStructure(db, { territoryId })).id });
	const [second, member, endedMember, opener] = [
		await elsewhere(),
		await elsewhere(),
		await elsewhere(),
		await elsewhere(),
	];
	const coordinator = await aCoordinator(db, here);
	const farCoordinator = await aCoordinator(db, { territoryId: far });
	const a = await aFullFile(db, 'zzqalix', lead, 9);
	const b = await aFullFile(db, 'zzqbea', colleague, 11);
	const personId = a.person.id;
	await insertOne(db, tables.caseGroupMember, { groupId: a.ids.group, accountId: decider.id });
	await aFollowUp(db, { personId, member: disabled, part: 'member', themes: [...THEMES] });
	await aFollowUp(db, { personId, member: second, part: 'second' });
	await aFollowUp(db, { personId, member, part: 'member', themes: ['mobility'] });
	await aFollowUp(db, { personId, member: endedMember, part: 'member', themes: ['housing'], endedAt: now });
	const { firstName, lastName, birthDate } = a.person;
	const named = { firstName, lastName, birthDate: birthDate!, reason: 'Son référent est absent' };
	await db.write((tx) => openExceptionally(tx, { ...named, by: signedIn(opener), now }));
	const coparent = await aPerson(db, { ...HOME, territoryId, account: { role: 'coparent' } });
	const newcomer = await aPerson(db, { ...HOME, territoryId, account: { role: 'beneficiary' } });
	const invited = await aReferent(db, here);

	const open = (accountId: string, kind: SessionKind, at = now) =>
		db.write((tx) => openSession(tx, { accountId, kind, device: 'other', now: at }));
	const sessions = {
		person: await open(a.ids.account, 'own_phone'),
		other: await open(b.ids.account, 'own_phone'),
		lead: await open(lead.id, 'professional'),
		second: await open(second.id, 'professional'),
		member: await open(member.id, 'professional'),
		endedMember: await open(endedMember.id, 'professional'),
		opener: await open(opener.id, 'professional'),
		colleague: await open(colleague.id, 'professional'),
		decider: await open(decider.id, 'professional'),
		stranger: await open(stranger.id, 'professional'),
		coordinator: await open(coordinator.id, 'professional'),
		farCoordinator: await open(farCoordinator.id, 'professional'),
		disabled: await open(disabled.id, 'professional'),
		ended: await open(a.ids.account, 'own_phone', new Date(now.getTime() - 31 * DAY_MS)),
		coparent: await open(coparent.account.id, 'own_phone'),
	};
	await db.write((tx) =>
		tx.update(tables.account).set({ status: 'disabled' }).where(eq(tables.account.id, disabled.id)),
	);
	const improvement = await insertOne(db, tables.improvement, {
		id: newId(),
		territoryId,
		finding: 'On attend trop',
		answer: 'Un accueil de plus',
		ownerLabel: 'Maison des solidarités',
		createdAt: now,
	});
	const evaluated = await evaluatedIn(db, { territoryId, personId: a.ids.person, rating: b.ids.rating });
	const { id: template } = await db.write((tx) =>
		createTemplate(tx, {
			by: { accountId: lead.id, role: 'coordinator', structureId: null, territoryId },
			now,
			name: 'Un papier à rendre',
			subject: 'paper',
			texts: { fr: 'Un papier est à rendre', en: 'A paper is to be handed in' },
		}),
	);
	const { token: invitation } = await db.write((tx) =>
		inviteAccount(tx, { accountId: invited.id, createdById: coordinator.id, now }),
	);
	const accounts = { lead: lead.id, colleague: colleague.id, coordinator: coordinator.id };
	const contacts = { person: a.person.email!, lead: lead.email!, colleague: colleague.email! };
	return {
		madeAt: now.getTime(),
		a: a.ids,
		b: b.ids,
		sessions,
		newcomer: await open(newcomer.account.id, 'own_phone'),
		invitation,
		structure: structure.id,
		improvement: improvement.id,
		evaluated,
		template,
		accounts,
		contacts,
	};
}

migrateDatabase(databaseFile, path.join(root, 'drizzle', 'sqlite'));
const db = openDatabase(databaseFile);
writeFileSync(path.join(dataDir, 'world.json'), JSON.stringify(await makeWorld(db)));
db.close();
