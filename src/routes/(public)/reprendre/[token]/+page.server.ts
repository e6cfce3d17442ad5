import { fail, redirect, type RequestEvent } from '@sveltejs/kit';
import { m } from '$lib/paraglide/messages.js';
import { href } from '$lib/shared/links';
import { useCode, type ProvenCode } from '$lib/server/accounts/commands';
import { parseCode } from '$lib/server/accounts/forms';
import { sessionKindFor } from '$lib/server/accounts/rules';
import { recordAudit } from '$lib/server/audit/commands';
import { db } from '$lib/server/db';
import { accountFor } from '$lib/server/people/signing-in';
import { DomainError } from '$lib/server/platform/errors';
import { confirmVisitor } from '$lib/server/requests/commands';
import { checkBirthDate, findHandover, proofOf, useHandover } from '$lib/server/requests/handover';
import { codeContact, readBirthDate } from '$lib/server/requests/rules';
import { ensureBrowser } from '$lib/server/web/browser';
import { proveCode, sendCode } from '$lib/server/web/codes';
import { failFrom } from '$lib/server/web/failures';
import { openToAll } from '$lib/server/web/guards';
import { limitByAddress } from '$lib/server/web/limits';
import { startSession } from '$lib/server/web/session';
import type { Actions, PageServerLoad } from './$types';

const SENTENCES = {
	handover_over: m.handling_take_over_gone,
	birth_date_wrong: m.handling_take_birth_wrong,
	code_wrong: m.request_code_wrong,
	code_expired: m.request_code_expired,
	code_locked: m.request_code_locked,
	codes_too_many: m.request_codes_too_many,
	contact_invalid: m.handling_take_over_gone,
	too_many_requests: m.request_error_too_many_here,
};

/** Reading uses nothing up and tells nothing: neither who it is for nor what was asked. */
export const load: PageServerLoad = async ({ params, locals, url, setHeaders }) => {
	openToAll();
	setHeaders({ 'cache-control': 'no-store' });
	const found = await findHandover(db.read, params.token, locals.now);
	return { proof: found ? proofOf(found.person) : null, isSent: url.searchParams.has('code') };
};

async function waiting({ params, locals }: RequestEvent<{ token: string }>) {
	const found = await findHandover(db.read, params.token, locals.now);
	if (!found) throw new DomainError('handover_over', 'gone');
	return found;
}

/** The request becomes the person's own, and they are signed in. @returns its reference */
async function takeOver(
	event: RequestEvent<{ token: string }>,
	proof: { code: ProvenCode; contact: string } | null,
	isOwnPhone: boolean,
) {
	const { now } = event.locals;
	const kind = sessionKindFor('beneficiary', isOwnPhone);
	return db.write(async (tx) => {
		if (proof) await useCode(tx, proof.code, now);
		const found = await findHandover(tx, event.params.token, now);
		const { requestId, personId, reference } = await useHandover(tx, { token: event.params.token, now });
		const accountId = await accountFor(tx, found!.person, { proven: proof?.contact ?? null, now });
		if (proof) await confirmVisitor(tx, { requestId, personId, now });
		await startSession(event, accountId, kind, tx);
		const actor = { accountId, role: 'beneficiary' as const };
		await recordAudit(tx, { action: 'session.started', actor, personId, detail: { kind, by: 'sheet' }, at: now });
		return reference;
	});
}

export const actions: Actions = {
	/** To the contact the professional typed; which one is not said here. */
	send: async (event) => {
		openToAll();
		try {
			await limitByAddress(event, 'invitation');
			const { person } = await waiting(event);
			ensureBrowser(event);
			await sendCode(event, codeContact(person) ?? '');
		} catch (problem) {
			return failFrom(problem, SENTENCES);
		}
		redirect(303, `${href(`/reprendre/${event.params.token}`)}?code`);
	},
	code: async (event) => {
		openToAll();
		const form = await event.request.formData();
		const parsed = parseCode(form);
		if (!parsed.ok) return fail(400, { errors: parsed.errors });
		let reference: string;
		try {
			const contact = codeContact((await waiting(event)).person) ?? '';
			const code = await proveCode(event, { contact, code: parsed.value.code });
			reference = await takeOver(event, { code, contact }, form.get('device') === 'own');
		} catch (problem) {
			return failFrom(problem, SENTENCES);
		}
		redirect(303, href(`/demande/${reference}`));
	},
	birth: async (event) => {
		openToAll();
		const form = await event.request.formData();
		const { now } = event.locals;
		const birthDate = readBirthDate(String(form.get('birthDate') ?? '').slice(0, 30), now.toISOString().slice(0, 10));
		if (!birthDate) return fail(400, { errors: { birthDate: m.error_date() } as Record<string, string> });
		let reference: string;
		try {
			await limitByAddress(event, 'invitation');
			await checkBirthDate(db, { token: event.params.token, birthDate, now });
			reference = await takeOver(event, null, form.get('device') === 'own');
		} catch (problem) {
			return failFrom(problem, SENTENCES);
		}
		redirect(303, href(`/demande/${reference}`));
	},
};
