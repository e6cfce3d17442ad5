import { inArray } from 'drizzle-orm';
import { recordAudit } from '../audit/commands.ts';
import type { Queries, Tx } from '../db/client.ts';
import { municipality, offer } from '../db/schema/index.ts';
import { DomainError } from '../platform/errors.ts';
import type { ReadFile, ReadOffer } from './reading.ts';

/** Rows per statement: well under the number of variables either engine takes. */
const CHUNK = 300;
/** A file that holds less than half of what is known is more often cut than true. */
const LEAST_SHARE = 0.5;

export interface Imported {
	added: number;
	/** Known before, brought up to date. */
	kept: number;
	/** Services that the file no longer holds. */
	removed: number;
	/** Services of a commune that is not known here, or that answer nothing the portal names. */
	elsewhere: number;
}

/**
 * Makes what the portal offers the same as a data·inclusion file: run again, it changes nothing. The file is the whole: what
 * it no longer holds goes, but a row that is broken today keeps what was known of it.
 * @throws DomainError `offers_none` (invalid) for a file without one usable service; `offers_too_few` (conflict) when more
 * than half of what is known would go, unless `few` says that it is meant
 */
export async function importOffers(
	tx: Tx,
	{ offers, broken }: Pick<ReadFile, 'offers' | 'broken'>,
	{ now, few = false }: { now: Date; few?: boolean },
): Promise<Imported> {
	const communes = await knownCommunes(tx);
	const here = offers.filter((one) => one.inseeCode !== null && communes.has(one.inseeCode) && one.themes.length > 0);
	if (here.length === 0)
		throw new DomainError('offers_none', 'invalid', { read: offers.length, broken: broken.length });
	const before = await knownServices(tx);
	const named = new Set([...here.map(({ serviceId }) => serviceId), ...broken.map(({ row }) => row)]);
	const gone = [...before].filter((id) => !named.has(id));
	if (!few && gone.length > before.size * LEAST_SHARE)
		throw new DomainError('offers_too_few', 'conflict', { known: before.size, gone: gone.length });
	const replaced = here.map(({ serviceId }) => serviceId).filter((id) => before.has(id));
	await forget(tx, [...gone, ...replaced]);
	const rows = here.flatMap((one) => one.themes.map((theme) => rowOf(one, theme, now)));
	for (let from = 0; from < rows.length; from += CHUNK) await tx.insert(offer).values(rows.slice(from, from + CHUNK));
	const imported = {
		added: here.length - replaced.length,
		kept: replaced.length,
		removed: gone.length,
		elsewhere: offers.length - here.length,
	};
	await recordAudit(tx, { action: 'offers.imported', detail: { ...imported, broken: broken.length }, at: now });
	return imported;
}

const knownCommunes = async (q: Queries) =>
	new Set((await q.select({ code: municipality.inseeCode }).from(municipality)).map(({ code }) => code));

const knownServices = async (q: Queries) =>
	new Set((await q.selectDistinct({ id: offer.serviceId }).from(offer)).map(({ id }) => id));

async function forget(tx: Tx, ids: string[]): Promise<void> {
	for (let from = 0; from < ids.length; from += CHUNK)
		await tx.delete(offer).where(inArray(offer.serviceId, ids.slice(from, from + CHUNK)));
}

const rowOf = ({ themes: _, inseeCode, ...one }: ReadOffer, theme: ReadOffer['themes'][number], now: Date) => ({
	...one,
	theme,
	inseeCode: inseeCode!,
	importedAt: now,
});
