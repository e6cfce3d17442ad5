import { fail, redirect } from '@sveltejs/kit';
import * as v from 'valibot';
import { m } from '$lib/paraglide/messages.js';
import { href } from '$lib/shared/links';
import { recordAudit } from '$lib/server/audit/commands';
import { db } from '$lib/server/db';
import { parseForm, text } from '$lib/server/platform/forms';
import {
	CHANNEL_ORDERS,
	choicesFor,
	preferencesOf,
	REMINDER_KINDS,
	setPreferences,
} from '$lib/server/reminders/preferences';
import { confirmAddress, deadAddressOf } from '$lib/server/reminders/dead-addresses';
import { listDevices, removeDevice, renameDevice } from '$lib/server/reminders/subscriptions';
import { failFrom } from '$lib/server/web/failures';
import { requireBeneficiary } from '$lib/server/web/guards';
import type { Actions, PageServerLoad } from './$types';

const MAX_NAME = 40;

/** One field per kind, named after it; one that is missing is as usual. */
const kindFields = Object.fromEntries(
	REMINDER_KINDS.map((kind) => [
		kind,
		v.optional(
			v.picklist(choicesFor(kind), () => m.error_choose()),
			'usual',
		),
	]),
);

const preferences = v.object({
	order: v.picklist(CHANNEL_ORDERS, () => m.error_choose()),
	wording: v.picklist(['discreet', 'detailed'], () => m.error_choose()),
	...kindFields,
});
const device = v.object({ id: v.pipe(v.optional(v.string(), ''), v.maxLength(40)) });
const named = v.object({
	...device.entries,
	label: v.pipe(
		text(MAX_NAME, { tooLong: () => m.reminder_error_name(), strange: () => m.error_strange() }),
		v.nonEmpty(() => m.reminder_error_name()),
	),
});

export const load: PageServerLoad = async ({ url }) => {
	const { personId, accountId } = requireBeneficiary();
	return {
		deadAddress: await deadAddressOf(db.read, personId),
		devices: await listDevices(db.read, accountId),
		preferences: await preferencesOf(db.read, personId),
		kinds: REMINDER_KINDS.map((kind) => ({ kind, choices: choicesFor(kind) })),
		saved: url.searchParams.has('fait'),
	};
};

const done = (): never => redirect(303, `${href('/compte/notifications')}?fait=1`);

export const actions: Actions = {
	preferences: async ({ request, locals }) => {
		const { personId, accountId, role } = requireBeneficiary();
		const parsed = parseForm(preferences, await request.formData());
		if (!parsed.ok) return fail(400, parsed);
		await db.write(async (tx) => {
			const { order, wording, ...kinds } = parsed.value;
			await setPreferences(tx, personId, { order, wording, kinds });
			await recordAudit(tx, {
				action: 'person.channels_changed',
				actor: { accountId, role },
				personId,
				at: locals.now,
			});
		});
		return done();
	},
	address: async ({ locals }) => {
		const { personId, accountId, role } = requireBeneficiary();
		await db.write(async (tx) => {
			await confirmAddress(tx, personId);
			await recordAudit(tx, {
				action: 'person.channels_changed',
				actor: { accountId, role },
				personId,
				at: locals.now,
			});
		});
		return done();
	},
	rename: async ({ request }) => {
		const { accountId } = requireBeneficiary();
		const parsed = parseForm(named, await request.formData());
		if (!parsed.ok) return fail(400, parsed);
		try {
			await db.write((tx) => renameDevice(tx, { ...parsed.value, accountId }));
		} catch (problem) {
			return failFrom(problem, {});
		}
		return done();
	},
	remove: async ({ request, locals }) => {
		const { accountId } = requireBeneficiary();
		const parsed = parseForm(device, await request.formData());
		if (!parsed.ok) return fail(400, parsed);
		try {
			await db.write((tx) => removeDevice(tx, { ...parsed.value, accountId, now: locals.now }));
		} catch (problem) {
			return failFrom(problem, {});
		}
		return done();
	},
};
