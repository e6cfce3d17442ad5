import { fail, redirect } from '@sveltejs/kit';
import * as v from 'valibot';
import { m } from '$lib/paraglide/messages.js';
import { disableAccount, inviteProfessional } from '$lib/server/accounts/commands';
import { parseContact } from '$lib/server/accounts/rules';
import { recordAudit } from '$lib/server/audit/commands';
import { db } from '$lib/server/db';
import { returnPromises } from '$lib/server/pathway/own-steps';
import { teamOf } from '$lib/server/people/steering';
import { config } from '$lib/server/platform/config';
import { DomainError, notFound } from '$lib/server/platform/errors';
import { parseForm, text } from '$lib/server/platform/forms';
import { sendMail } from '$lib/server/platform/mail';
import { getTerritory, listEmploymentAreas, listStructures, stageTemplates } from '$lib/server/territories/queries';
import { failFrom } from '$lib/server/web/failures';
import { requireCoordinator } from '$lib/server/web/guards';
import { href } from '$lib/shared/links';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ url, locals }) => {
	const { territoryId, accountId } = requireCoordinator();
	const territory = await getTerritory(db.read, territoryId);
	const team = await teamOf(db.read, territoryId);
	return {
		now: locals.now,
		own: accountId,
		rules: territory,
		areas: (await listEmploymentAreas(db.read, territoryId)).map(({ id, name }) => ({ id, name })),
		structures: await listStructures(db.read, territoryId),
		stages: await stageTemplates(db.read, territoryId),
		team,
		asked: team.find(({ id, status }) => status === 'active' && id === url.searchParams.get('desactiver')) ?? null,
		done: url.searchParams.get('fait'),
	};
};

const tooLong = { tooLong: () => m.error_too_long({ max: 120 }), strange: () => m.error_strange() };
const inviteForm = v.object({
	name: v.pipe(
		text(120, tooLong),
		v.nonEmpty(() => m.error_required()),
	),
	email: v.pipe(
		text(254, tooLong),
		v.nonEmpty(() => m.error_required()),
		v.check(
			(typed) => parseContact(typed)?.channel === 'email',
			() => m.error_email(),
		),
	),
	structureId: v.pipe(
		v.optional(v.string(), ''),
		v.nonEmpty(() => m.error_choose()),
		v.maxLength(64),
	),
	role: v.picklist(['referent', 'coordinator'], () => m.error_choose()),
	side: v.optional(
		v.picklist(['', 'social', 'work'], () => m.error_choose()),
		'',
	),
});
const disableForm = v.object({ accountId: v.pipe(v.string(), v.maxLength(64)) });

export const actions: Actions = {
	/** Opens the account and sends the link; for the same address again, a new link to somebody who never came, else it refuses. */
	invite: async ({ request, locals }) => {
		const by = requireCoordinator();
		const parsed = parseForm(inviteForm, await request.formData());
		if (!parsed.ok) return fail(400, parsed);
		const { name, email, structureId, role, side } = parsed.value;
		const { territoryId } = by;
		const { now, locale } = locals;
		let token: string;
		try {
			token = await db.write(async (tx) => {
				const structures = await listStructures(tx, territoryId);
				if (!structures.some(({ id }) => id === structureId)) throw notFound();
				const account = { role, displayName: name, email, territoryId, structureId, side: side || null };
				const invited = await inviteProfessional(tx, { ...account, locale, createdById: by.accountId, now });
				const about = { subjectId: invited.id, detail: { role } };
				await recordAudit(tx, { action: 'account.invited', actor: by, ...about, at: now });
				return invited.token;
			});
		} catch (problem) {
			return failFrom(problem, { email_taken: () => m.pilotage_error_email_taken() }, parsed.value);
		}
		const { name: territory } = await getTerritory(db.read, territoryId);
		const link = `${config().origin}${href(`/invitation/${token}`)}`;
		const { outcome } = await sendMail({
			to: email,
			subject: m.pilotage_invite_mail_subject({ territory }),
			text: m.pilotage_invite_mail_text({ territory, link }),
		});
		redirect(303, href(`/pilotage/territoire?fait=${outcome === 'accepted' ? 'invite' : 'echec'}`));
	},
	/** The account's sessions end; their people show as « sans référent » at once. */
	disable: async ({ request, locals }) => {
		const by = requireCoordinator();
		const parsed = parseForm(disableForm, await request.formData());
		if (!parsed.ok) return fail(400, parsed);
		const { accountId } = parsed.value;
		const { now } = locals;
		try {
			await db.write(async (tx) => {
				const team = await teamOf(tx, by.territoryId);
				if (!team.some(({ id }) => id === accountId)) throw notFound();
				if (accountId === by.accountId) throw new DomainError('own_account', 'conflict');
				await disableAccount(tx, accountId, now);
				await returnPromises(tx, { accountId, by, now });
				await recordAudit(tx, { action: 'account.disabled', actor: by, subjectId: accountId, at: now });
			});
		} catch (problem) {
			return failFrom(problem, { own_account: () => m.pilotage_error_self() });
		}
		redirect(303, href('/pilotage/territoire?fait=desactive'));
	},
};
