import { fetchWithin } from './fetch-within';

const WAIT_MS = 20_000;
const SLOWER = 1.25;
const SLOWEST_MS = 30_000;
/** A page left open asks no more after that: a session that nobody uses must end. */
const GIVES_UP_MS = 5 * 60_000;

/**
 * What is under way on a page is read again and put in its place (`data-follow`: seconds before the first time; gone when all is
 * over). Nothing moves when nothing changed; folds stay open; how far it is (`data-follow-say`) is said (`data-follow-said`).
 * Never by a refresh of the page, which nobody can stop (RGAA 13.1): without script, or after a while, a link is there (`data-follow-link`).
 */
function follow(part: HTMLElement): void {
	const link = document.querySelector<HTMLElement>('[data-follow-link]');
	const until = Date.now() + GIVES_UP_MS;
	let pauseMs = Number(part.dataset.follow) * 1000;
	const again = () => setTimeout(() => void look(), pauseMs);

	async function look(): Promise<void> {
		if (Date.now() > until) return link?.removeAttribute('hidden');
		const next = document.hidden ? null : await read(part.id);
		const isNews = next !== null && next.innerHTML !== part.innerHTML;
		if (isNews) replace(part, next);
		pauseMs = isNews ? Number(next.dataset.follow) * 1000 : Math.min(pauseMs * SLOWER, SLOWEST_MS);
		if (!next || next.dataset.follow) again();
	}
	link?.setAttribute('hidden', '');
	again();
}

/** That part of the page as it is now; null when it cannot be had. */
async function read(id: string): Promise<HTMLElement | null> {
	try {
		const answer = await fetchWithin(WAIT_MS, location.href, { headers: { accept: 'text/html' } });
		if (!answer.ok) return null;
		return new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById(id);
	} catch {
		return null;
	}
}

function replace(part: HTMLElement, next: HTMLElement): void {
	const open = [...part.querySelectorAll('details')].map((fold) => fold.open && fold.id);
	const hadFocus = part.contains(document.activeElement);
	const address = document.activeElement?.getAttribute('href');
	part.replaceChildren(...next.childNodes);
	for (const fold of part.querySelectorAll('details')) if (open.includes(fold.id)) fold.open = true;
	const same = [...part.querySelectorAll<HTMLElement>('a[href]')].find((one) => one.getAttribute('href') === address);
	// The button that took it back is gone with what left.
	if (hadFocus) (same ?? part).focus();
	const said = document.querySelector('[data-follow-said]');
	if (said) said.textContent = part.querySelector('[data-follow-say]')?.textContent ?? '';
}

for (const part of document.querySelectorAll<HTMLElement>('[data-follow]')) follow(part);
