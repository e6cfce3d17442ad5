/** `/hors-ligne`, shown at any address that could not be reached: filled with what this phone keeps. */
import type { Agenda, KeptAppointment, KeptPhone } from '../lib/shared/agenda';
import { KEPT_DAYS } from '../lib/shared/phone-keeps';
import { quietly } from './offline-store';
import { own } from './page';

export async function fillOfflinePage(page: HTMLElement, now = Date.now()): Promise<void> {
	for (const retry of page.querySelectorAll('[data-retry]')) retry.addEventListener('click', () => location.reload());
	keepAddressInLanguages();
	const agenda = await keptAgenda(now);
	show(page, agenda ? 'kept' : 'nothing');
	if (!agenda) return;
	fill(page, agenda, now);
	// What is filled in here is the person's, and one request however often it is sent.
	own(agenda.userKey);
	for (const name of page.querySelectorAll<HTMLInputElement>('input[name="formId"]')) name.value = crypto.randomUUID();
}

/** Another language of the page that was asked for, not of this one. */
function keepAddressInLanguages(): void {
	const prefix = `/${document.documentElement.lang}/`;
	const { pathname } = location;
	const asked = (pathname.startsWith(prefix) ? pathname.slice(prefix.length) : pathname.slice(1)) || 'accueil';
	for (const link of document.querySelectorAll<HTMLAnchorElement>('.languages a'))
		link.pathname = link.pathname.replace(/hors-ligne$/, asked);
}

/** Older than any session, it is nobody's any more. */
async function keptAgenda(now: number): Promise<Agenda | undefined> {
	const agenda = await quietly((db) => db.get('agenda', 'current'));
	const isOver = agenda && now - Date.parse(agenda.fetchedAt) > KEPT_DAYS * 24 * 3_600_000;
	if (isOver) await quietly((db) => db.clear('agenda'));
	return isOver ? undefined : agenda;
}

const parts = (page: Element, name: string) => page.querySelectorAll<HTMLElement>(`[data-part="${name}"]`);

function show(page: Element, name: string): void {
	for (const part of parts(page, name)) part.hidden = false;
}

function write(page: Element, name: string, text: string | null | undefined): void {
	if (!text) return;
	for (const place of page.querySelectorAll(`[data-fill="${name}"]`)) place.textContent = text;
	show(page, name);
}

function fill(page: HTMLElement, agenda: Agenda, now: number): void {
	write(page, 'title', agenda.territory?.portalTitle);
	write(page, 'updated', agenda.updated);
	const coming = agenda.appointments.filter(({ endsAt }) => Date.parse(endsAt) > now);
	if (coming.length === 0) show(page, 'none');
	coming.forEach((appointment, index) => addAppointment(page, appointment, index === 0 ? 'next' : 'later'));
	write(page, 'step', agenda.nextStep);
	write(page, 'aid', agenda.aid);
	write(page, 'seen', agenda.seen);
	if (agenda.stages.length > 0) {
		show(page, 'pathway');
		for (const { name, state } of agenda.stages) {
			const [stage] = copy(page, `stage-${state}`);
			write(stage!, 'stage', name);
			page.querySelector('[data-list="stages"]')!.append(stage!);
		}
	}
	if (agenda.referent) {
		write(page, 'referent', agenda.referent.name);
		dial(page, 'referent-phone', agenda.referent.phone);
	}
	if (agenda.territory) dial(page, 'service-phone', agenda.territory.phone);
	// Worded when it was fetched, perhaps in another language than this page.
	for (const place of page.querySelectorAll<HTMLElement>('[data-fill]')) place.lang = agenda.locale;
}

function addAppointment(page: HTMLElement, { when, where, toBring, phone }: KeptAppointment, list: string): void {
	show(page, list);
	const [card] = copy(page, 'appointment');
	write(card!, 'when', when);
	write(card!, 'where', where.join(', '));
	write(card!, 'bring', toBring);
	dial(card!, 'phone', phone);
	page.querySelector(`[data-list="${list}"]`)!.append(card!);
}

function dial(page: Element, name: string, { number, shown }: KeptPhone): void {
	for (const link of page.querySelectorAll<HTMLAnchorElement>(`a[data-fill="${name}"]`))
		link.href = `tel:${number.replace(/[^+\d]/g, '')}`;
	for (const place of page.querySelectorAll(`[data-fill="${name}"] bdi`)) place.textContent = shown;
	show(page, name);
}

const copy = (page: Element, name: string): HTMLElement[] => {
	const template = page.querySelector<HTMLTemplateElement>(`template[data-template="${name}"]`)!;
	return [...(template.content.cloneNode(true) as DocumentFragment).children] as HTMLElement[];
};
