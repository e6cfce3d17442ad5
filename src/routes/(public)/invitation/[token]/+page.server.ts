import { m } from '$lib/paraglide/messages.js';
import { useInvitation } from '$lib/server/accounts/commands';
import { parseInvitation } from '$lib/server/accounts/forms';
import { findInvitation } from '$lib/server/accounts/queries';
import { sessionKindFor } from '$lib/server/accounts/rules';
import { recordAudit } from '$lib/server/audit/commands';
import { db } from '$lib/server/db';
import { failFrom } from '$lib/server/web/failures';
import { openToAll } from '$lib/server/web/guards';
import { limitByAddress } from '$lib/server/web/limits';
import { startSession } from '$lib/server/web/session';
import { goOn } from '$lib/server/web/sign-in';
import { fail } from '@sveltejs/kit';
import type { Actions, PageServerLoad } from './$types';

/** Reading uses nothing up: mail scanners open every link. It names nobody either. */
export const load: PageServerLoad = async ({ params, locals, setHeaders }) => {
	openToAll();
	setHeaders({ 'cache-control': 'no-store' });
	return { isOpen: Boolean(await findInvitation(db.read, params.token, locals.now)) };
};

export const actions: Actions = {
	default: async (event) => {
		openToAll();
		const parsed = parseInvitation(await event.request.formData());
		if (!parsed.ok) return fail(400, { errors: parsed.errors, values: {} });
		const { now } = event.locals;
		let invited;
		try {
			await limitByAddress(event, 'invitation');
			invited = await db.write(async (tx) => {
				const account = await useInvitation(tx, { token: event.params.token, now });
				const kind = sessionKindFor(account.role, parsed.value.isOwnPhone);
				await startSession(event, account.id, kind, tx);
				await recordAudit(tx, {
					action: 'session.started',
					actor: { accountId: account.id, role: account.role, structureId: account.structureId },
					detail: { kind, by: 'invitation' },
					at: now,
				});
				return account;
			});
		} catch (error) {
			return failFrom(error, {
				invitation_over: m.account_invitation_over_text,
				too_many_requests: m.account_too_many_requests,
			});
		}
		return goOn(event, invited);
	},
};
