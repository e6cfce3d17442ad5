/** The acknowledgement as a message (CRPA L112-3, R112-5): the sentences of the page (shared/request-progress.ts). */
import { m } from '../../paraglide/messages.js';
import type { Locale } from '../../paraglide/runtime.js';
import { answerWords, asksChildcare, legalLines, silenceSaid } from '../../shared/request-progress.ts';
import type { Queries } from '../db/client.ts';
import { formatPhone } from '../platform/phone.ts';
import { localDay } from '../territories/calendar.ts';
import { getTerritory } from '../territories/queries.ts';
import { progressOf } from './progress.ts';
import { findSent } from './queries.ts';

/**
 * What the message of receipt says after « Votre demande est bien reçue »: reference, day of the answer, service, receipt,
 * silence and papers. Empty when the request is no longer there.
 */
export async function receiptLines(q: Queries, requestId: string, locale: Locale, now: Date): Promise<string[]> {
	const request = await findSent(q, requestId);
	if (!request) return [];
	const territory = await getTerritory(q, request.territoryId);
	const { zone } = territory;
	const reading = { locale, zone };
	const progress = await progressOf(q, request, now);
	const legal = {
		receivedOn: localDay(request.submittedAt, zone),
		silenceOn: silenceSaid(progress, request.silenceOn),
		asksChildcare: asksChildcare(progress),
	};
	const words = { locale };
	return [
		m.request_receipt_mail_reference({ reference: request.reference }, words),
		answerWords(progress, reading),
		'',
		m.request_receipt_service({}, words),
		`${territory.programmeLabel} – ${territory.name}`,
		formatPhone(territory.phone),
		territory.email,
		territory.postalAddress,
		'',
		...legalLines(legal, reading),
	];
}
