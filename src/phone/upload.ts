/**
 * Sending a paper from a phone (`form[data-upload]`, PaperForm.svelte): photos are made lighter and looked at, kept until they
 * have left, and leave by themselves when they could not. Without this script, or without storage, it is a plain form.
 */
import { freeForm } from './double-submit';
import { sendAfterWaiting } from './drain';
import { drop } from './forms';
import { say as note, signInElsewhere, user, word as wordOfPage } from './page';
import { prepare, type Prepared } from './photo';

for (const form of document.querySelectorAll<HTMLFormElement>('form[data-upload]')) upload(form);

function upload(form: HTMLFormElement): void {
	const status = form.querySelector<HTMLElement>('[data-upload-status]')!;
	const word = (name: string) => form.dataset[name] ?? '';
	let preparing: Promise<void> = Promise.resolve();
	let isSending = false;

	function say(...sentences: (string | Node)[]): void {
		status.replaceChildren(
			...sentences.map((one) =>
				typeof one === 'string' ? Object.assign(document.createElement('p'), { textContent: one }) : one,
			),
		);
	}

	const isTooHeavy = (files: File[]) =>
		files.reduce((bytes, { size }) => bytes + size, 0) > Number(form.dataset.maxBytes ?? Infinity);

	async function look(input: HTMLInputElement): Promise<void> {
		const chosen = [...(input.files ?? [])];
		if (chosen.length === 0) return say();
		say(word('preparing'));
		const prepared: Prepared[] = [];
		for (const file of chosen) prepared.push(await prepare(file));
		putBack(input, prepared);
		if (isTooHeavy(prepared.map(({ file }) => file))) return say(word('tooHeavy'));
		say(...prepared.flatMap(({ file, look }) => (look ? [previewOf(file), word(look)] : [])));
	}

	form.addEventListener('change', ({ target }) => {
		if (target instanceof HTMLInputElement && target.type === 'file') preparing = look(target).catch(() => say());
	});

	form.addEventListener('submit', (event) => {
		if (form.dataset.native) return;
		event.preventDefault();
		if (isSending) return;
		isSending = true;
		void submit(event.submitter).finally(() => (isSending = false));
	});

	async function submit(submitter: HTMLElement | null): Promise<void> {
		// After everybody who hears of this tap: where nothing leaves, nothing moves (progress.ts).
		await Promise.all([preparing, new Promise((resolve) => setTimeout(resolve))]);
		const { key, isOwn } = user();
		const parts = [...new FormData(form)].filter(([, value]) => typeof value === 'string' || value.name !== '');
		// The server would refuse it, perhaps once nobody looks any more.
		if (isTooHeavy(parts.flatMap(([, value]) => (typeof value === 'string' ? [] : value))))
			return stay(word('tooHeavy'));
		say(word('sendingWord'));
		const url = new URL(form.getAttribute('action') ?? '', location.href).href;
		const entry = { kind: 'form' as const, url, type: '', body: '', parts, userKey: key };
		const { own, isKept } = await sendAfterWaiting(entry, isOwn);
		const { outcome, location: next } = own;
		if (outcome === 'sent') return next ? location.assign(next) : location.reload();
		if (outcome === 'other-user') {
			stay('');
			return drop(form, key);
		}
		if (isKept) {
			if (outcome === 'nobody') return location.assign(wordOfPage('signIn'));
			startAfresh();
			return stay(word('queued'));
		}
		if (outcome === 'later') return stay(word('kept'));
		if (outcome === 'nobody') {
			stay('');
			return note(wordOfPage('signInFirst'), signInElsewhere());
		}
		// The server has something to say about it: its own page does.
		form.dataset.native = 'yes';
		delete form.dataset.sending;
		form.requestSubmit(submitter);
	}

	/** What was kept is no longer in the form: the next paper is another one. */
	function startAfresh(): void {
		form.reset();
		form.querySelector<HTMLInputElement>('input[name=formKey]')!.value = crypto.randomUUID();
	}

	function stay(sentence: string): void {
		freeForm(form);
		say(...(sentence ? [sentence] : []));
	}
}

/** The form sends the lighter ones, by this script or without it. */
function putBack(input: HTMLInputElement, prepared: Prepared[]): void {
	const files = new DataTransfer();
	for (const { file } of prepared) files.items.add(file);
	input.files = files.files;
}

function previewOf(file: File): HTMLImageElement {
	const picture = document.createElement('img');
	picture.alt = '';
	picture.src = URL.createObjectURL(file);
	picture.addEventListener('load', () => URL.revokeObjectURL(picture.src));
	return picture;
}
