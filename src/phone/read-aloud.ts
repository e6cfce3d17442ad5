const VOICES_WITHIN_MS = 500;
/** Chrome drops what is spoken right after `cancel()`. */
const AFTER_CANCEL_MS = 120;
/** Chrome also falls silent in the middle of long texts: one utterance per block of the page. */
const BLOCKS = 'h1, h2, h3, legend, p, li, dt, dd, label, .button, summary, td, th';

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
		const texts = blocksOf(document.querySelector('main'));
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

/** What is seen, in reading order, each sentence once: a block inside another is read with it. */
function blocksOf(root: Element | null): string[] {
	if (!root) return [];
	return [...root.querySelectorAll<HTMLElement>(BLOCKS)]
		.filter((block) => !block.parentElement?.closest(BLOCKS) && block.offsetParent !== null)
		.map((block) => block.innerText.replace(/\s+/g, ' ').trim())
		.filter(Boolean);
}
