const VOICES_WITHIN_MS = 500;
/** Chrome drops what is spoken right after `cancel()`. */
const AFTER_CANCEL_MS = 120;
/** Not words of the page: what stands twice for the eye, what is being typed. */
const SILENT = '[aria-hidden="true"], script, style, select, textarea, input';

/** « Écouter »: shown only when this phone has a voice for the language of the page; never starts by itself. */
export function offerReadAloud(): void {
	const button = document.querySelector<HTMLButtonElement>('[data-listen]');
	if (!button || !('speechSynthesis' in window)) return;
	const language = document.documentElement.lang;
	void voiceFor(language).then((voice) => {
		if (!voice) return;
		button.hidden = false;
		listenTo(button, voice, language);
	});
}

function voiceFor(language: string): Promise<SpeechSynthesisVoice | undefined> {
	const find = () => {
		// Android writes `fr_FR`.
		const voices = speechSynthesis.getVoices().filter((voice) => voice.lang.split(/[-_]/)[0] === language);
		// A voice on the phone itself speaks without network.
		return voices.find((voice) => voice.localService) ?? voices[0];
	};
	const now = find();
	if (now) return Promise.resolve(now);
	return new Promise((resolve) => {
		const settle = () => {
			clearTimeout(timer);
			speechSynthesis.removeEventListener('voiceschanged', settle);
			resolve(find());
		};
		const timer = setTimeout(settle, VOICES_WITHIN_MS);
		speechSynthesis.addEventListener('voiceschanged', settle);
	});
}

function listenTo(button: HTMLButtonElement, voice: SpeechSynthesisVoice, language: string): void {
	const word = button.querySelector('span') ?? button;
	const listen = word.textContent ?? '';
	let speaking = false;

	const show = (now: boolean) => {
		speaking = now;
		word.textContent = now ? (button.dataset.stop ?? listen) : listen;
	};
	const speak = () => {
		const texts = linesOf(document.querySelector('main'));
		texts.forEach((text, index) => {
			const utterance = new SpeechSynthesisUtterance(text);
			utterance.voice = voice;
			utterance.lang = voice.lang.replace('_', '-') || language;
			utterance.rate = 0.95;
			if (index === texts.length - 1) utterance.onend = () => show(false);
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
 * What is seen, in reading order, one line per block: Chrome falls silent in the middle of long texts, and a voice
 * should breathe where the eye does.
 */
function linesOf(root: Element | null): string[] {
	const lines: string[] = [];
	let line = '';
	const breathe = () => {
		const text = line.replace(/\s+/g, ' ').trim();
		if (text) lines.push(text);
		line = '';
	};
	const read = (node: Node): void => {
		if (node instanceof Text) line += node.data;
		if (node instanceof HTMLBRElement) return breathe();
		if (!(node instanceof HTMLElement) || node.matches(SILENT) || node.getClientRects().length === 0) return;
		const isBlock = !getComputedStyle(node).display.startsWith('inline');
		if (isBlock) breathe();
		node.childNodes.forEach(read);
		if (isBlock) breathe();
	};
	if (root) read(root);
	return lines;
}
