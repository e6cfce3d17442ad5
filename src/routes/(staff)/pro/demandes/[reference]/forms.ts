import * as v from 'valibot';
import { m } from '$lib/paraglide/messages.js';
import { text } from '$lib/server/platform/forms';
import { PATHWAY_KINDS } from '$lib/shared/codes';
import { DECLINE_REASONS } from '$lib/shared/handling';

const id = v.optional(v.pipe(v.string(), v.maxLength(64)), '');
/** Id of the decision that the form was shown beside, empty for none. */
const seen = v.optional(v.pipe(v.string(), v.maxLength(64)));
const kind = v.picklist(PATHWAY_KINDS, () => m.error_choose());
const words = text(300, { tooLong: () => m.error_too_long({ max: 300 }), strange: () => m.error_strange() });

export const takeForm = v.object({ kind, second: id });
/** A referent, or a structure in which somebody will take it: one of the two. */
export const decideForm = v.pipe(
	v.object({ kind, accountId: id, structureId: id, second: id, reason: words, seen }),
	v.forward(
		v.check(
			({ accountId, structureId }) => Boolean(accountId) !== Boolean(structureId),
			() => m.handling_pro_error_one(),
		),
		['accountId'],
	),
);
export const declineForm = v.object({ why: v.picklist(DECLINE_REASONS, () => m.error_choose()), note: words });
export const needForm = v.object({ need: v.pipe(id, v.nonEmpty()) });
export const sendNeedForm = v.object({
	seen,
	need: v.pipe(id, v.nonEmpty()),
	structureId: v.pipe(
		id,
		v.nonEmpty(() => m.handling_pro_error_structure()),
	),
});
export const declineNeedForm = v.object({ need: v.pipe(id, v.nonEmpty()), ...declineForm.entries });
