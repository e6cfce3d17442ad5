import * as v from 'valibot';
import { m } from '$lib/paraglide/messages.js';
import { text } from '$lib/server/platform/forms';
import { PATHWAY_KINDS } from '$lib/shared/codes';

const id = v.optional(v.pipe(v.string(), v.maxLength(64)), '');
const kind = v.picklist(PATHWAY_KINDS, () => m.error_choose());

export const takeForm = v.object({ kind, second: id });
export const assignForm = v.object({
	kind,
	accountId: v.pipe(
		id,
		v.nonEmpty(() => m.pro_error_choose_referent()),
	),
	second: id,
	reason: text(300, { tooLong: () => m.error_too_long({ max: 300 }), strange: () => m.error_strange() }),
});
