import { keepDrafts } from './draft-forms';
import { fetchWithin } from './fetch-within';
import { say } from './page';

const ANSWER_MS = 4_000;
/** A phone says that it is online before anything passes. */
const TRIES_AFTER_MS = [0, 2_000, 5_000, 15_000];

/**
 * On the page without network, for a visitor: what they need is kept as a draft of nobody, and filled in for them on the first
 * questions once the network is back (draft-forms.ts). They go on and send it themselves: it is in nobody's name.
 * @param content of the page's own template
 */
export async function offerVisitorForm(page: HTMLElement, content: HTMLElement[]): Promise<void> {
	// The form of somebody who is known has fields of the same names.
	page.querySelector('[data-part="request"]')?.remove();
	page.querySelector('[data-place="visitor"]')?.append(...content);
	const form = page.querySelector<HTMLFormElement>('form[data-draft]')!;
	const next = page.querySelector<HTMLAnchorElement>('a[data-next]')!;
	form.addEventListener('submit', (event) => {
		event.preventDefault();
		next.click();
	});
	addEventListener('online', () => void goOn(form, next));
	await keepDrafts();
	if (!isBegun(form)) return;
	form.closest('details')!.open = true;
	for (const part of page.querySelectorAll<HTMLElement>('[data-part="nothing"]')) part.hidden = true;
}

const isBegun = (form: HTMLFormElement) => [...new FormData(form).values()].some(Boolean);

async function goOn(form: HTMLFormElement, next: HTMLAnchorElement): Promise<void> {
	if (!(await answers(next.href))) return;
	// The questions were asked for, and this page came instead.
	if (location.pathname === next.pathname) return location.reload();
	if (isBegun(form)) say(next.dataset.back ?? '', { label: next.textContent ?? '', href: next.href });
}

async function answers(address: string): Promise<boolean> {
	for (const wait of TRIES_AFTER_MS) {
		await new Promise((resolve) => setTimeout(resolve, wait));
		const answer = await fetchWithin(ANSWER_MS, address, { method: 'HEAD' }).catch(() => null);
		if (answer?.ok) return true;
	}
	return false;
}
