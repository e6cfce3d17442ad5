import { fail, redirect } from '@sveltejs/kit';
import { m } from '$lib/paraglide/messages.js';
import { useCode } from '$lib/server/accounts/commands';
import { parseCode } from '$lib/server/accounts/forms';
import { findAccountOfPerson } from '$lib/server/accounts/queries';
import { parseContact } from '$lib/server/accounts/rules';
import type { SignedIn } from '$lib/server/accounts/sessions';
import { db } from '$lib/server/db';
import { correctPerson, identityVersion, proveContact } from '$lib/server/people/contacts';
import { openFile } from '$lib/server/people/opening';
import { getPersonFor, personOf, type PersonFile } from '$lib/server/people/queries';
import { leads } from '$lib/server/people/rules';
import { isProved } from '$lib/server/people/signing-in';
import { DomainError, notFound } from '$lib/server/platform/errors';
import { newId } from '$lib/server/platform/ids';
import { planNotice } from '$lib/server/reminders/commands';
import { deadAddressOf } from '$lib/server/reminders/dead-addresses';
import { localDay } from '$lib/server/territories/calendar';
import { getTerritory } from '$lib/server/territories/queries';
import { failCode, proveCode, sendCode } from '$lib/server/web/codes';
import { tellFormerContact } from '$lib/server/web/contact-news';
import { errorFrom, failFrom } from '$lib/server/web/failures';
import { requireStaff } from '$lib/server/web/guards';
import { isLocale } from '$lib/paraglide/runtime.js';
import { href } from '$lib/shared/links';
import { parseCorrection, writtenBirthDate } from './form';
import type { Actions, PageServerLoad } from './$types';

const CHANNELS = ['email', 'phone'] as const;
type Channel = (typeof CHANNELS)[number];

const SENTENCES = {
	code_expired: m.account_code_expired,
	code_locked: m.account_code_locked,
	codes_too_many: m.account_codes_too_many,
	contact_invalid: m.account_contact_invalid,
	contact_changed: m.pro_identity_error_changed,
	identity_changed: m.pro_identity_error_changed,
	too_many_requests: m.account_too_many_requests,
};

/** The pair; the coordinator corrects without reading what is there (domain.md §7.2). @throws DomainError `not_found` */
async function fileFor(viewer: SignedIn, personId: string, now: Date): Promise<PersonFile> {
	const file = await getPersonFor(db.read, viewer, personId, now);
	if (!leads(file.access) && file.access !== 'coordinator') throw notFound();
	return file;
}

/** Only the pair sits with the person and hears the code. @throws DomainError `not_found` */
async function ledFile(viewer: SignedIn, personId: string, now: Date): Promise<PersonFile> {
	const file = await fileFor(viewer, personId, now);
	if (!leads(file.access)) throw notFound();
	return file;
}

export const load: PageServerLoad = async ({ params, locals, url }) => {
	const viewer = requireStaff();
	const { now } = locals;
	try {
		await fileFor(viewer, params.id, now);
		const { access, person } = await openFile(db, { viewer, personId: params.id, part: 'overview', now });
		const { zone } = await getTerritory(db.read, viewer.territoryId);
		const isWhole = leads(access);
		const sent = CHANNELS.find((channel) => channel === url.searchParams.get('code'));
		return {
			zone,
			personId: person.id,
			isWhole,
			version: identityVersion(await personOf(db.read, person.id)),
			firstName: person.firstName,
			lastName: person.lastName,
			birthDate: writtenBirthDate(person.birthDate),
			email: person.email ?? '',
			phone: person.phone ?? '',
			dead: isWhole ? await deadAddressOf(db.read, person.id) : null,
			unproved: isWhole ? await unprovedOf(person) : [],
			sent: isWhole && sent && person[sent] ? { channel: sent, contact: person[sent] } : null,
			done: url.searchParams.get('fait'),
		};
	} catch (problem) {
		errorFrom(problem);
	}
};

/** What a code may be sent to and has not reached yet. */
async function unprovedOf(person: PersonFile['person']): Promise<{ channel: Channel; contact: string }[]> {
	const account = await findAccountOfPerson(db.read, person.id);
	return CHANNELS.flatMap((channel) => {
		const contact = person[channel];
		const isOpen = contact !== null && parseContact(contact) !== null && !isProved(account, channel, contact);
		return isOpen ? [{ channel, contact }] : [];
	});
}

/** Where a code of this kind goes. @throws DomainError `contact_invalid` */
function contactOf({ person }: PersonFile, form: FormData) {
	const channel = CHANNELS.find((one) => one === form.get('channel'));
	const contact = channel ? parseContact(person[channel] ?? '') : null;
	if (!channel || !contact) throw new DomainError('contact_invalid', 'invalid');
	return { channel, contact };
}

export const actions: Actions = {
	correct: async (event) => {
		const by = requireStaff();
		const { now } = event.locals;
		const personId = event.params.id;
		const { access, person } = await fileFor(by, personId, now).catch(errorFrom);
		const territory = await getTerritory(db.read, by.territoryId);
		const parsed = parseCorrection(await event.request.formData(), {
			today: localDay(now, territory.zone),
			isWhole: leads(access),
		});
		if (!parsed.ok) return fail(400, parsed);
		const { version, isLost, ...correction } = parsed.value;
		try {
			const { tell, fields } = await db.write(async (tx) => {
				const changed = await correctPerson(tx, { personId, version, correction, isLost, by, now });
				const isTold = changed.tell === null && (changed.fields.length > 0 || isLost);
				const notice = { kind: 'pathway_changed', path: '/compte/donnees', personId, now } as const;
				if (isTold) await planNotice(tx, { ...notice, onceKey: `identity_corrected:${newId()}` });
				return changed;
			});
			if (fields.length > 0) tellFormerContact(event, tell, { phone: territory.phone, locale: person.locale });
		} catch (problem) {
			return failFrom(problem, SENTENCES, parsed.values);
		}
		redirect(303, `${href(`/pro/personnes/${personId}/identite`)}?fait=note`);
	},
	send: async (event) => {
		const by = requireStaff();
		const personId = event.params.id;
		const file = await ledFile(by, personId, event.locals.now).catch(errorFrom);
		let sent: Channel;
		try {
			const { channel, contact } = contactOf(file, await event.request.formData());
			const { locale } = file.person;
			await sendCode(event, contact.value, { purpose: 'contact', locale: isLocale(locale) ? locale : undefined });
			sent = channel;
		} catch (problem) {
			return failFrom(problem, SENTENCES);
		}
		redirect(303, `${href(`/pro/personnes/${personId}/identite`)}?code=${sent}`);
	},
	prove: async (event) => {
		const by = requireStaff();
		const { now } = event.locals;
		const personId = event.params.id;
		const file = await ledFile(by, personId, now).catch(errorFrom);
		const form = await event.request.formData();
		const parsed = parseCode(form);
		if (!parsed.ok) return fail(400, { errors: parsed.errors, values: {} });
		try {
			const { contact } = contactOf(file, form);
			const { code } = parsed.value;
			const proven = await proveCode(event, { contact: contact.value, code, purpose: 'contact' });
			await db.write(async (tx) => {
				await useCode(tx, proven, now);
				await proveContact(tx, { personId, contact, by, now });
			});
		} catch (problem) {
			return failCode(problem, SENTENCES);
		}
		redirect(303, `${href(`/pro/personnes/${personId}/identite`)}?fait=confirme`);
	},
};
