/** The acknowledgement in words (CRPA L112-3, R112-5), the same in the message and on the page. */
import { m } from '../../paraglide/messages.js';
import type { Locale } from '../../paraglide/runtime.js';
import { formatDate, formatDay } from '../../shared/dates.ts';
import type { Queries } from '../db/client.ts';
import { formatPhone } from '../platform/phone.ts';
import { localDay } from '../territories/calendar.ts';
import { getTerritory } from '../territories/queries.ts';
import { findSent, needsOf } from './queries.ts';

/**
 * What the message of receipt says after « Votre demande est bien reçue »: reference, day of the answer, service, receipt,
 * silence and papers. Empty when the request is no longer there.
 */
export async function receiptLines(q: Queries, requestId: string, locale: Locale): Promise<string[]> {
	const request = await findSent(q, requestId);
	if (!request) return [];
	const territory = await getTerritory(q, request.territoryId);
	const { zone } = territory;
	const day = formatDay(request.respondBy, zone, locale);
	const date = formatDate(localDay(request.submittedAt, zone), zone, locale);
	const silence = request.silenceOn && formatDate(request.silenceOn, zone, locale);
	const needs = await needsOf(q, request.id);
	const papers = needs.some(({ theme, status }) => theme === 'childcare' && status !== 'dropped');
	const words = { locale };
	return [
		m.request_receipt_mail_reference({ reference: request.reference }, words),
		m.request_receipt_answer({ date: day }, words),
		'',
		m.request_receipt_service({}, words),
		`${territory.programmeLabel} – ${territory.name}`,
		formatPhone(territory.phone),
		territory.email,
		territory.postalAddress,
		'',
		m.request_receipt_received({ date }, words),
		...(silence
			? [m.request_receipt_silence({ date: silence }, words), m.request_receipt_appeal({}, words)]
			: [m.request_receipt_no_silence({}, words)]),
		(papers ? m.request_receipt_papers_childcare : m.request_receipt_papers_none)({}, words),
		m.request_receipt_law({}, words),
	];
}
