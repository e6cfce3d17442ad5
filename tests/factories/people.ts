import { eq } from 'drizzle-orm';
import type { Db } from '../../src/lib/server/db/client.ts';
import { account, followUpMember, person, personSearchKey, structure } from '../../src/lib/server/db/schema/index.ts';
import { newId } from '../../src/lib/server/platform/ids.ts';
import { searchKeys } from '../../src/lib/server/people/rules.ts';
import { searchable } from '../../src/lib/shared/search.ts';
import { insertOne, next, NOW } from './insert.ts';
import { aStructure, territoryIdOf } from './territories.ts';

export type AccountRow = typeof account.$inferSelect;
type PersonRow = typeof person.$inferSelect;
type MemberRow = typeof followUpMember.$inferSelect;
/** A professional always belongs to both. */
export type Professional = AccountRow & { territoryId: string; structureId: string };

const anAccount = (db: Db, values: Partial<AccountRow> & Pick<AccountRow, 'role' | 'displayName'>) =>
	insertOne(db, account, {
		id: newId(),
		status: 'active',
		email: `compte-${next()}@example.fr`,
		phone: null,
		personId: null,
		territoryId: null,
		structureId: null,
		side: null,
		locale: 'fr',
		createdAt: NOW,
		lastSeenAt: null,
		...values,
	});

async function aProfessional(
	db: Db,
	role: 'referent' | 'coordinator',
	displayName: string,
	overrides: Partial<AccountRow>,
): Promise<Professional> {
	let { territoryId, structureId } = overrides;
	if (structureId) {
		const [own] = await db.read.select().from(structure).where(eq(structure.id, structureId)).limit(1);
		territoryId ??= own!.territoryId;
	} else {
		territoryId = await territoryIdOf(db, territoryId);
		structureId = (await aStructure(db, { territoryId })).id;
	}
	const side = role === 'referent' ? 'social' : null;
	const row = await anAccount(db, { role, displayName, side, ...overrides, territoryId, structureId });
	return row as Professional;
}

/** On the social side, in a structure of its own unless `structureId` or `territoryId` is given. */
export const aReferent = (db: Db, overrides: Partial<AccountRow> = {}): Promise<Professional> =>
	aProfessional(db, 'referent', `Camille Référent ${next()}`, overrides);

export const aCoordinator = (db: Db, overrides: Partial<AccountRow> = {}): Promise<Professional> =>
	aProfessional(db, 'coordinator', `Dominique Coordination ${next()}`, overrides);

interface PersonOptions extends Partial<PersonRow> {
	/** Becomes the lead referent; its territory becomes the person's. */
	referent?: Professional;
	/** The other half of the pair. */
	second?: Professional;
	/** What differs on the account; `false`: the person never signed in and has none. */
	account?: Partial<AccountRow> | false;
}

/** A single adult with e-mail and phone, and an account to sign in with; followed by nobody unless `referent` is given. */
export async function aPerson(db: Db, options: PersonOptions = {}): Promise<PersonRow & { account: AccountRow }> {
	const { referent, second, account: accountOptions, ...overrides } = options;
	const number = next();
	const territoryId = await territoryIdOf(db, overrides.territoryId ?? referent?.territoryId);
	const firstName = overrides.firstName ?? 'Alix';
	const lastName = overrides.lastName ?? `Martin ${number}`;
	const row = await insertOne(db, person, {
		id: newId(),
		inseeCode: null,
		searchName: searchable(`${lastName} ${firstName}`),
		birthDate: '1990-05-17',
		email: `alix-${number}@example.fr`,
		phone: `+336399800${String(number % 100).padStart(2, '0')}`,
		contactConfirmedAt: NOW,
		addressSealed: null,
		household: 'single',
		childrenCount: 0,
		locale: 'fr',
		channelOrder: ['push', 'email', 'sms'],
		wording: 'discreet',
		mutedKinds: [],
		createdAt: NOW,
		lastContactAt: NOW,
		...overrides,
		firstName,
		lastName,
		territoryId,
	});
	const keys = searchKeys(row).map((key) => ({ personId: row.id, territoryId, key }));
	await db.write((tx) => tx.insert(personSearchKey).values(keys));
	if (referent) await aFollowUp(db, { personId: row.id, member: referent, part: 'lead' });
	if (second) await aFollowUp(db, { personId: row.id, member: second, part: 'second' });
	if (accountOptions === false) return row as PersonRow & { account: AccountRow };
	const own = await anAccount(db, {
		role: 'beneficiary',
		displayName: firstName,
		personId: row.id,
		territoryId,
		email: row.email,
		phone: row.phone,
		locale: row.locale,
		...accountOptions,
	});
	return { ...row, account: own };
}

/** `member` follows the person from now on. */
export const aFollowUp = (
	db: Db,
	{ member, ...values }: { personId: string; member: Professional } & Partial<MemberRow>,
): Promise<MemberRow> =>
	insertOne(db, followUpMember, {
		id: newId(),
		accountId: member.id,
		structureId: member.structureId,
		part: 'lead',
		themes: null,
		startedAt: NOW,
		endedAt: null,
		reasonSealed: null,
		...values,
	});
