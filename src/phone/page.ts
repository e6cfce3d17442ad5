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

/** Says it to eyes and screen readers, without moving the focus. */
export function say(text: string, button?: { label: string; onClick: () => void }): void {
	const place = document.getElementById('phone-note');
	if (!place) return;
	const sentence = document.createElement('span');
	sentence.textContent = text;
	place.replaceChildren(sentence);
	if (!button) return;
	const control = document.createElement('button');
	control.type = 'button';
	control.className = 'button quiet';
	control.textContent = button.label;
	control.addEventListener('click', button.onClick);
	place.append(control);
}
