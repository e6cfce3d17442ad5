/** `/hors-ligne`, shown at any address that could not be reached: filled with what this phone keeps. */
import type { Agenda, KeptAppointment, KeptPhone } from '../lib/shared/agenda';
import { WRITTEN_IN } from '../lib/shared/locales';
import { KEPT_DAYS } from '../lib/shared/phone-keeps';
import { restore } from './draft-forms';
import { lookForMendedWorker } from './mended-worker';
import { quietly } from './offline-store';
import { offlinePage, own } from './page';
import { waiting } from './queue';
import './sign-out';
import { offerVisitorForm } from './visitor-form';

async function fillOfflinePage(page: HTMLElement, now = Date.now()): Promise<void> {
	for (const retry of page.querySelectorAll('[data-retry]')) retry.addEventListener('click', () => location.reload());
	keepAddressInLanguages();
	const agenda = await keptAgenda(now);
	show(page, agenda ? 'kept' : 'nothing');
	if (agenda) {
		fill(page, agenda, now);
		// Theirs is among what is kept.
		page.querySelector('[data-list="services"]')?.remove();
	}
	// Whose phone it is may be known when nothing of theirs is kept any more: they can still ask for help.
	const kept = await quietly(async (db) => ({ user: await db.get('settings', 'user') }));
	const owner = agenda?.userKey ?? kept?.user;
	// Somebody else's phone keeps nothing, nor does a browser that refuses storage.
	if (kept && owner === undefined) return offerVisitorForm(page, copy(page, 'visitor'));
	if (!owner) return;
	// What is filled in here is the person's, and one request however often it is sent.
	own(owner);
	// The adult an aid names has no request of their own here.
	if (agenda?.isGuest) return;
	for (const form of page.querySelectorAll<HTMLFormElement>('[data-part="request"] form')) await giveBack(form, owner);
	// Nothing can be typed in it before: it would be written over.
	show(page, 'request');
}

/** What was asked and has not left yet can still be changed: the same request, under the same number. */
async function giveBack(form: HTMLFormElement, owner: string): Promise<void> {
	const address = form.getAttribute('action')!.replace(/^\/[a-z]{2}(?=\/)/, '');
	const asked = (await waiting()).reverse().find(({ url, userKey }) => userKey === owner && url.endsWith(address));
	const fields = [...new URLSearchParams(asked?.body)];
	const number = fields.find(([name]) => name === 'formId')?.[1];
	form.querySelector<HTMLInputElement>('input[name="formId"]')!.value = number ?? crypto.randomUUID();
	if (!number) return;
	restore(form, fields);
	form.closest('details')!.open = true;
}

/** Another language of the page that was asked for, not of this one. */
function keepAddressInLanguages(): void {
	const asked = location.pathname.replace(new RegExp(`^/${document.documentElement.lang}(?=/|$)|/$`, 'g'), '');
	for (const link of document.querySelectorAll<HTMLAnchorElement>('.languages a')) {
		link.pathname = link.pathname.replace(/\/hors-ligne$/, asked);
		link.search = location.search;
	}
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

/** `lang`: of these words, the page being in another perhaps; empty when nobody knows. */
function write(page: Element, name: string, text: string | null | undefined, lang: string): void {
	if (!text) return;
	for (const place of page.querySelectorAll<HTMLElement>(`[data-fill="${name}"]`)) {
		place.textContent = text;
		place.lang = lang;
	}
	show(page, name);
}

function fill(page: HTMLElement, agenda: Agenda, now: number): void {
	// Worded when it was fetched, perhaps in another language than this page; what professionals write is in theirs.
	const { locale } = agenda;
	write(page, 'title', agenda.territory?.portalTitle, locale);
	write(page, 'updated', agenda.updated, locale);
	const coming = agenda.appointments.filter(({ endsAt }) => Date.parse(endsAt) > now);
	if (coming.length === 0 && !agenda.isGuest) show(page, 'none');
	coming.forEach((appointment, index) => addAppointment(page, appointment, locale, index === 0 ? 'next' : 'later'));
	addStep(page, agenda);
	write(page, 'aid', agenda.aid, locale);
	write(page, 'seen', agenda.seen, locale);
	if (agenda.stages.length > 0) {
		show(page, 'pathway');
		for (const { name, state, lang } of agenda.stages) {
			const [stage] = copy(page, `stage-${state}`);
			write(stage!, 'stage', name, lang ?? locale);
			page.querySelector('[data-list="stages"]')!.append(stage!);
		}
	}
	if (agenda.referent) {
		write(page, 'referent', agenda.referent.name, '');
		dial(page, 'referent-phone', agenda.referent.phone);
	}
	if (agenda.territory) dial(page, 'service-phone', agenda.territory.phone);
}

function addAppointment(page: HTMLElement, appointment: KeptAppointment, locale: string, list: string): void {
	const { id, sequence, when, where, whereLang, toBring, said, phone } = appointment;
	show(page, list);
	const [card] = copy(page, 'appointment');
	write(card!, 'when', when, locale);
	write(card!, 'where', where.join(', '), whereLang ?? locale);
	write(card!, 'bring', toBring, WRITTEN_IN);
	write(card!, 'said', said, locale);
	// One of before has none.
	if (id) card!.append(...about(copy(page, 'answer'), id, sequence));
	dial(card!, 'phone', phone);
	page.querySelector(`[data-list="${list}"]`)!.append(card!);
}

function addStep(page: HTMLElement, { step, locale }: Agenda): void {
	if (!step) return;
	write(page, 'step', step.title, step.lang);
	write(page, 'step-by', step.by, locale);
	for (const place of parts(page, 'step')) place.append(...about(copy(page, 'tick'), step.id));
}

/** Forms of the page as it is kept, about nothing yet (hors-ligne/+page@.svelte). */
const NOTHING_YET = 'this-one';
const NO_HOUR_YET = 'this-hour';

function about(elements: HTMLElement[], id: string, sequence?: number): HTMLElement[] {
	for (const one of elements.flatMap((element) => [element, ...element.querySelectorAll<HTMLElement>('*')]))
		for (const { name, value } of [...one.attributes]) {
			const filled = value.replace(NOTHING_YET, id).replace(NO_HOUR_YET, String(sequence ?? ''));
			if (filled !== value) one.setAttribute(name, filled);
		}
	return elements;
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

const page = offlinePage();
if (page) {
	void fillOfflinePage(page);
	void lookForMendedWorker(page);
}
