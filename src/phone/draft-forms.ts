/**
 * What is typed in a question of the request stays on this phone until the server has it (ux.md §2.4): a reload, a crash or a
 * lost network loses no word. `form[data-draft]` names the page's answers, `data-draft-saved-at` the last saving the server
 * knows: a copy typed on top of that very saving is restored, one the server has moved past is not. On somebody else's phone
 * nothing is kept (agenda.ts clears what a visitor had left), and a copy is shown to nobody but whoever typed it. What was typed on
 * the page without network, before there was any question, goes to the first one with room for it.
 */
import type { IDBPDatabase } from 'idb';
import { dropOldDrafts, forgetDraft, openDrafts, WITHOUT_NETWORK, type Copy, type Drafts } from './draft-store';
import { user } from './page';

const WAIT_MS = 300;

/** Hidden fields are the page's own, not typed. */
const fieldsOf = (form: HTMLFormElement): Copy['fields'] =>
	[...new FormData(form)].filter(
		(field): field is [string, string] =>
			typeof field[1] === 'string' && form.querySelector(`input[type=hidden][name="${CSS.escape(field[0])}"]`) === null,
	);

/** Hidden fields stay as they are, and what was `touched` already. */
export function restore(form: HTMLFormElement, fields: Copy['fields'], touched = new Set<EventTarget>()): void {
	const chosen = [...touched].flatMap((one) =>
		one instanceof HTMLInputElement && one.type === 'radio' ? one.name : [],
	);
	for (const control of form.elements) {
		if (touched.has(control) || chosen.includes((control as HTMLInputElement).name)) continue;
		if (control instanceof HTMLInputElement && ['checkbox', 'radio'].includes(control.type))
			control.checked = fields.some(([name, value]) => name === control.name && value === control.value);
		else if (
			control instanceof HTMLTextAreaElement ||
			(control instanceof HTMLInputElement && control.type !== 'hidden') ||
			control instanceof HTMLSelectElement
		)
			control.value = fields.find(([name]) => name === control.name)?.[1] ?? control.value;
	}
	// What was typed in a closed part must be seen again.
	for (const part of form.querySelectorAll('details'))
		if ([...part.querySelectorAll<HTMLInputElement>('input, textarea')].some(isAnswered)) part.open = true;
}

/**
 * Each field of `copy` goes to this form where there is room: a choice that is offered, an empty text.
 * @returns what found none
 */
const takeIn = (form: HTMLFormElement, { fields }: Copy): Copy['fields'] =>
	fields.filter(([name, value]) => {
		const room = ([...form.elements] as (HTMLInputElement | HTMLTextAreaElement)[]).find(
			(control) => control.name === name && (control.type === 'checkbox' ? control.value === value : !control.value),
		);
		if (room instanceof HTMLInputElement) room.checked = true;
		else if (room) room.value = value;
		return value !== '' && !room;
	});

const isAnswered = (control: HTMLInputElement) =>
	['checkbox', 'radio'].includes(control.type) ? control.checked : control.value !== '';

const showKept = () => {
	for (const status of document.querySelectorAll<HTMLElement>('[data-draft-status]')) status.hidden = false;
};

/** Hears at once what is typed. @returns keeps it, once the phone has given back what it had kept: neither undoes the other */
function watch(form: HTMLFormElement): (db: IDBPDatabase<Drafts>) => Promise<void> {
	const key = form.dataset.draft!;
	const base = form.dataset.draftSavedAt ?? '0';
	const owner = user().key;
	const now = () => ({ base, at: Date.now(), owner, fields: fieldsOf(form) });
	const touched = new Set<EventTarget>();
	let timer: ReturnType<typeof setTimeout> | undefined;
	let save: (() => void) | undefined;
	const saveSoon = () => {
		clearTimeout(timer);
		timer = save && setTimeout(save, WAIT_MS);
	};
	form.addEventListener('input', ({ target }) => {
		touched.add(target!);
		saveSoon();
	});
	addEventListener('pagehide', () => timer !== undefined && save?.());
	return async (db) => {
		const copy = await db.get('copies', key);
		// A page that came back with errors shows what was just sent, which is newer than the copy.
		const isAnswer = document.querySelector('[data-error-summary]') !== null;
		if (copy && copy.base === base && (copy.owner ?? '') === owner && !isAnswer) {
			restore(form, copy.fields, touched);
			showKept();
		}
		const typed = key === WITHOUT_NETWORK ? undefined : await db.get('copies', WITHOUT_NETWORK);
		if (typed && (typed.owner ?? '') === owner) {
			const left = takeIn(form, typed);
			if (left.length < typed.fields.length) {
				// Here first, then no longer there.
				await db.put('copies', now(), key);
				await (left.length > 0
					? db.put('copies', { ...typed, fields: left }, WITHOUT_NETWORK)
					: db.delete('copies', WITHOUT_NETWORK));
				showKept();
			}
		}
		save = () => {
			clearTimeout(timer);
			timer = undefined;
			const work = db.transaction('copies', 'readwrite');
			const put = work.store.put(now(), key);
			// Once asked for, it is written, whatever becomes of the page.
			work.commit();
			void Promise.all([put, work.done]).then(showKept, () => undefined);
		};
		if (touched.size > 0) saveSoon();
	};
}

/**
 * « C'est moi » (`form[data-draft-takes]`, the visitor's draft; `data-draft-into`, the one that is kept): what the visitor typed and
 * the server has not is theirs. Of a page typed on both ways, the copy on top of the later saving, which the server keeps too. All is
 * read beforehand: written in one go, it stands whatever becomes of the page.
 */
async function handOver(form: HTMLFormElement, db: IDBPDatabase<Drafts>): Promise<void> {
	const { draftTakes = '', draftInto = '' } = form.dataset;
	const owner = user().key;
	const taken: { from: string; to: string; copy: Copy; own?: Copy }[] = [];
	for (const from of await db.getAllKeys('copies')) {
		const copy = await db.get('copies', from);
		if (!from.startsWith(`${draftTakes}:`) || !copy || copy.owner) continue;
		const to = draftInto + from.slice(draftTakes.length);
		taken.push({ from, to, copy, own: to === from ? undefined : await db.get('copies', to) });
	}
	form.addEventListener('submit', () => {
		const work = db.transaction('copies', 'readwrite');
		for (const { from, to, copy, own } of taken) {
			void work.store.delete(from);
			if (!own || isLater(copy, own)) void work.store.put({ ...copy, owner }, to);
		}
		work.commit();
		work.done.catch(() => undefined);
	});
}

const isLater = (one: Copy, other: Copy) =>
	(Number(one.base) - Number(other.base) || (one.at ?? 0) - (other.at ?? 0)) > 0;

/** Every `form[data-draft]` of the page. */
export async function keepDrafts(): Promise<void> {
	const forms = [...document.querySelectorAll<HTMLFormElement>('form[data-draft]')];
	const sent = document.querySelector<HTMLElement>('[data-draft-sent]')?.dataset.draftSent;
	const erases = document.querySelector<HTMLFormElement>('form[data-draft-erases]');
	const takes = document.querySelector<HTMLFormElement>('form[data-draft-takes]');
	const { key, isOwn } = user();
	if (key && !isOwn) return;
	const watched = forms.map(watch);
	try {
		const db = await openDrafts();
		await dropOldDrafts(db);
		if (sent) await forgetDraft(db, sent);
		for (const keep of watched) await keep(db);
		if (takes) await handOver(takes, db);
		erases?.addEventListener('submit', () => void forgetDraft(db, erases.dataset.draftErases ?? ''));
	} catch {
		// Private windows may refuse storage: the server keeps each page all the same.
	}
}
