/** Chrome drops what is spoken right after `cancel()`. */
const AFTER_CANCEL_MS = 120;
/** Not words of the page: what stands twice for the eye, what is being typed, what is folded away (which has a place on the page all the same). */
const SILENT =
	'[aria-hidden="true"], script, style, select, textarea, input, details:not([open]) > :not(summary:first-of-type)';

/** « Écouter »: shown only when this phone has a voice for the language of the page; never starts by itself. */
export function offerReadAloud(): void {
	const button = document.querySelector<HTMLButtonElement>('[data-listen]');
	if (!button || !('speechSynthesis' in window)) return;
	const language = document.documentElement.lang;
	const show = () => {
		if (!button.hidden || !findVoice(language)) return;
		button.hidden = false;
		listenTo(button, language);
	};
	show();
	// An old phone knows its voices seconds after the page, or once they are downloaded.
	speechSynthesis.addEventListener('voiceschanged', show);
}

function findVoice(language: string): SpeechSynthesisVoice | undefined {
	// Android writes `fr_FR`.
	const voices = speechSynthesis.getVoices().filter((voice) => voice.lang.split(/[-_]/)[0] === language);
	// A voice on the phone itself speaks without network.
	return voices.find((voice) => voice.localService) ?? voices[0];
}

function listenTo(button: HTMLButtonElement, language: string): void {
	const word = button.querySelector('span') ?? button;
	const listen = word.textContent ?? '';
	let speaking = false;

	const show = (now: boolean) => {
		speaking = now;
		word.textContent = now ? (button.dataset.stop ?? listen) : listen;
	};
	const speak = () => {
		const lines = linesOf(document.querySelector('main'), language);
		lines.forEach(({ text, lang }, index) => {
			const utterance = new SpeechSynthesisUtterance(text);
			// Words in a language this phone has no voice for are better said badly than left out.
			const voice = findVoice(lang) ?? findVoice(language) ?? null;
			utterance.voice = voice;
			utterance.lang = voice?.lang.replace('_', '-') || lang;
			utterance.rate = 0.95;
			if (index === lines.length - 1) utterance.onend = () => show(false);
			utterance.onerror = () => show(false);
			speechSynthesis.speak(utterance);
		});
	};
	button.addEventListener('click', () => {
		const stop = speaking;
		speechSynthesis.cancel();
		show(!stop);
		if (!stop) setTimeout(() => speaking && speak(), AFTER_CANCEL_MS);
	});
	// The voice does not go on over the next page.
	addEventListener('pagehide', () => speechSynthesis.cancel());
}

/**
 * What is seen, in reading order, one line per block and per language: Chrome falls silent in the middle of long texts, a voice
 * should breathe where the eye does, and each voice speaks its own language.
 */
function linesOf(root: Element | null, language: string): { text: string; lang: string }[] {
	const lines: { text: string; lang: string }[] = [];
	let line = '';
	let spoken = language;
	const breathe = () => {
		const text = line.replace(/\s+/g, ' ').trim();
		// A comma left alone between two languages is not said.
		if (/[\p{L}\p{N}]/u.test(text)) lines.push({ text, lang: spoken });
		line = '';
	};
	const read = (node: Node, lang: string): void => {
		if (node instanceof Text && node.data.trim()) {
			if (lang !== spoken) breathe();
			spoken = lang;
		}
		if (node instanceof Text) line += node.data;
		if (node instanceof HTMLBRElement) return breathe();
		if (!(node instanceof HTMLElement) || node.matches(SILENT) || node.getClientRects().length === 0) return;
		const isBlock = !getComputedStyle(node).display.startsWith('inline');
		if (isBlock) breathe();
		for (const child of node.childNodes) read(child, node.lang.split('-')[0] || lang);
		if (isBlock) breathe();
	};
	if (root) read(root, language);
	return lines;
}
