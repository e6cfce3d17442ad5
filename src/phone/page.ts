/** What the server says to this script: words in the language of the page, and who is signed in (PhoneMarks.svelte). */
const marks = () => document.getElementById('phone-marks')?.dataset ?? {};

export const word = (name: string): string => marks()[name] ?? '';

export interface User {
	/** Opaque; empty for nobody. */
	key: string;
	/** « C'est mon téléphone »: only then is anything kept. */
	isOwn: boolean;
	/** Where this person's agenda is fetched. */
	agenda: string;
}
export const user = (): User => {
	const { user = '', own, agenda = '' } = marks();
	return { key: user, isOwn: own === 'yes', agenda };
};

/** A page rendered for nobody, shown on the phone of this person. */
export const own = (key: string): void => void Object.assign(marks(), { user: key, own: 'yes' });

/** The page shown in place of one that could not be reached. */
export const offlinePage = () => document.querySelector<HTMLElement>('[data-offline]');

/** An iPhone takes notifications only from a site put on its home screen. */
export const needsHomeScreen = (): boolean =>
	/iPhone|iPad|iPod/.test(navigator.userAgent) && (navigator as { standalone?: boolean }).standalone !== true;

/** A button, or a link to a page. */
export interface Way {
	label: string;
	onClick?: () => void;
	href?: string;
}

/** Where somebody signs in; on the page that is left there may be words that are nowhere else. */
export const signInElsewhere = (): Way => ({ label: word('signInLabel'), href: word('signIn') });

/** Says it to eyes and screen readers, without moving the focus; it stays until it is closed. */
export function say(text: string, ...ways: (Way | undefined)[]): void {
	const place = document.getElementById('phone-note');
	if (!place) return;
	const sentence = document.createElement('span');
	sentence.textContent = text;
	const close = { label: word('close'), onClick: () => show(place, []) };
	show(place, [sentence, ...[...ways, close].flatMap((way) => (way ? controlOf(way) : []))]);
}

function controlOf({ label, onClick, href }: Way): HTMLElement {
	const control = document.createElement(href ? 'a' : 'button');
	control.className = 'button quiet';
	control.textContent = label;
	if (control instanceof HTMLAnchorElement)
		Object.assign(control, { href, target: href === word('signIn') ? '_blank' : '' });
	else Object.assign(control, { type: 'button' });
	if (onClick) control.addEventListener('click', onClick);
	return control;
}

/** Between what has the focus, with its outline, and the note. */
const GAP_PX = 8;

/** What has the focus is never under the note: the page ends above it. */
function show(place: HTMLElement, content: HTMLElement[]): void {
	place.replaceChildren(...content);
	const room = content.length > 0 ? `${innerHeight - place.getBoundingClientRect().top + GAP_PX}px` : '';
	document.documentElement.style.scrollPaddingBlockEnd = room;
	document.body.style.paddingBlockEnd = room;
	const { activeElement } = document;
	if (room && activeElement !== document.body) activeElement?.scrollIntoView({ block: 'nearest' });
}
