import { redirect } from '@sveltejs/kit';
import { makeProof, revokeProofs, sheetOf } from '$lib/server/childcare/proofs';
import { getOwnAid } from '$lib/server/childcare/queries';
import { db } from '$lib/server/db';
import { personOf } from '$lib/server/people/queries';
import { config } from '$lib/server/platform/config';
import { notFound } from '$lib/server/platform/errors';
import { errorFrom, failFrom } from '$lib/server/web/failures';
import { requireBeneficiary } from '$lib/server/web/guards';
import { isForCreche } from '$lib/shared/aids';
import { href } from '$lib/shared/links';
import { encode } from 'uqr';
import type { Actions, PageServerLoad } from './$types';

/** Dark modules of the code as one path, a unit each. */
function qrOf(text: string): { size: number; path: string } {
	const { size, data } = encode(text, { border: 2, ecc: 'M' });
	const dark = data.flatMap((row, y) => row.flatMap((on, x) => (on ? [`M${x} ${y}h1v1h-1z`] : [])));
	return { size, path: dark.join('') };
}

export const load: PageServerLoad = async ({ locals, params }) => {
	const { personId } = requireBeneficiary();
	const { now } = locals;
	const file = await getOwnAid(db.read, personId, params.reference, now).catch(errorFrom);
	const sheet = await sheetOf(db.read, { personId, aidId: file.id, now });
	// The address has no language: the crèche reads it in its own.
	const link = sheet && `${config().origin}/verifier/${sheet.token}`;
	return {
		reference: file.reference,
		sheet: sheet && { facts: sheet.facts, link: link!, qr: qrOf(link!) },
	};
};

export const actions: Actions = {
	make: async ({ locals, params }) => {
		const by = requireBeneficiary();
		const { personId } = by;
		const { now } = locals;
		try {
			const file = await getOwnAid(db.read, personId, params.reference, now);
			if (!isForCreche(file.kind) || file.facts.status === 'draft') throw notFound();
			const { firstName, lastName } = await personOf(db.read, personId);
			const { outcome, facts } = file;
			const said = {
				reference: file.reference,
				name: file.rules?.name ?? null,
				person: `${firstName} ${lastName}`,
				children: file.children.map((child) => child.firstName),
				status: facts.status,
				implicitlyRefused: facts.implicitlyRefused,
				amountCents: facts.amountCents,
				periodFrom: outcome?.periodFrom ?? null,
				periodTo: outcome?.periodTo ?? null,
				hoursPerWeek: outcome?.hoursPerWeek ?? null,
				decider: facts.deciderName,
				on: file.today,
				zone: file.zone,
			};
			await db.write((tx) => makeProof(tx, { personId, aidId: file.id, facts: said, by, now }));
		} catch (problem) {
			return failFrom(problem, {});
		}
		redirect(303, href(`/aides/${params.reference}/feuille`));
	},
	revoke: async ({ locals, params }) => {
		const by = requireBeneficiary();
		const { personId } = by;
		const { now } = locals;
		try {
			const { id: aidId } = await getOwnAid(db.read, personId, params.reference, now);
			await db.write((tx) => revokeProofs(tx, { personId, aidId, by, now }));
		} catch (problem) {
			return failFrom(problem, {});
		}
		redirect(303, href(`/aides/${params.reference}/feuille`));
	},
};
