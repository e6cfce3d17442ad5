/**
 * What is typed in a question of the request stays on this phone until the server has it (ux.md §2.4): a reload, a crash or a
 * lost network loses no word. `form[data-draft]` names the page's answers, `data-draft-saved-at` the last saving the server
 * knows: a copy typed on top of that very saving is restored, one the server has moved past is not.
 */
import type { IDBPDatabase } from 'idb';
import { dropOldDrafts, openDrafts, type Copy, type Drafts } from './draft-store';

const WAIT_MS = 300;

/** Hidden fields are the page's own, not typed. */
const fieldsOf = (form: HTMLFormElement): Copy['fields'] =>
	[...new FormData(form)].filter(
		(field): field is [string, string] =>
			typeof field[1] === 'string' && form.querySelector(`input[type=hidden][name="${CSS.escape(field[0])}"]`) === null,
	);

function restore(form: HTMLFormElement, fields: Copy['fields']): void {
	for (const control of form.elements) {
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

const isAnswered = (control: HTMLInputElement) =>
	['checkbox', 'radio'].includes(control.type) ? control.checked : control.value !== '';

const showKept = () => {
	for (const status of document.querySelectorAll<HTMLElement>('[data-draft-status]')) status.hidden = false;
};

async function keep(form: HTMLFormElement, db: IDBPDatabase<Drafts>): Promise<void> {
	const key = form.dataset.draft!;
	const base = form.dataset.draftSavedAt ?? '0';
	const copy = await db.get('copies', key);
	// A page that came back with errors shows what was just sent, which is newer than the copy.
	const isAnswer = document.querySelector('[data-error-summary]') !== null;
	if (copy && copy.base === base && !isAnswer) {
		restore(form, copy.fields);
		showKept();
	}
	let timer: ReturnType<typeof setTimeout> | undefined;
	const save = () => {
		clearTimeout(timer);
		timer = undefined;
		void db.put('copies', { base, at: Date.now(), fields: fieldsOf(form) }, key).then(showKept, () => undefined);
	};
	form.addEventListener('input', () => {
		clearTimeout(timer);
		timer = setTimeout(save, WAIT_MS);
	});
	addEventListener('pagehide', () => timer !== undefined && save());
}

/** Sent or erased: nothing of it stays on this phone, nor what was typed before the draft had a name. */
async function forget(db: IDBPDatabase<Drafts>, draftId: string): Promise<void> {
	for (const key of await db.getAllKeys('copies'))
		if (key.startsWith(`${draftId}:`) || key.startsWith('new:')) await db.delete('copies', key);
}

export async function keepDrafts(): Promise<void> {
	const forms = [...document.querySelectorAll<HTMLFormElement>('form[data-draft]')];
	const sent = document.querySelector<HTMLElement>('[data-draft-sent]')?.dataset.draftSent;
	const erases = document.querySelector<HTMLFormElement>('form[data-draft-erases]');
	if (forms.length === 0 && !sent && !erases) return;
	try {
		const db = await openDrafts();
		await dropOldDrafts(db);
		if (sent) await forget(db, sent);
		for (const form of forms) await keep(form, db);
		erases?.addEventListener('submit', () => void forget(db, erases.dataset.draftErases ?? ''));
	} catch {
		// Private windows may refuse storage: the server keeps each page all the same.
	}
}
