/**
 * A request prepared on this phone by a visitor (visitor-form.ts) is nobody's: who signs in on a phone of their own is asked whether
 * it is theirs, where the page has the words for it (VisitorDraft.svelte). Its own words are not shown before.
 */
import { dropOldDrafts, openDrafts, WITHOUT_NETWORK } from './draft-store';
import { say, user } from './page';

export async function askWhoseDraft(): Promise<void> {
	const words = document.querySelector<HTMLElement>('[data-visitor-draft]')?.dataset;
	const { key, isOwn } = user();
	if (!words || !isOwn) return;
	const db = await openDrafts();
	await dropOldDrafts(db);
	const typed = await db.get('copies', WITHOUT_NETWORK);
	if (!typed || typed.owner || !typed.fields.some(([, value]) => value)) return;
	const goOn = async () => {
		await db.put('copies', { ...typed, owner: key }, WITHOUT_NETWORK);
		location.assign(words.questions!);
	};
	const erase = async () => {
		await db.delete('copies', WITHOUT_NETWORK);
		say(words.erased!);
	};
	say(
		words.visitorDraft!,
		{ label: words.yes!, onClick: () => void goOn() },
		{ label: words.no!, onClick: () => void erase() },
	);
}
