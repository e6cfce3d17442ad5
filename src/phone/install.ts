/** « Mettre sur l'écran d'accueil », on pages that follow a success and where this browser can do it. */
import { needsHomeScreen } from './page';

interface InstallPrompt extends Event {
	prompt(): Promise<unknown>;
}

export function offerInstall(): void {
	const offers = [...document.querySelectorAll<HTMLElement>('[data-install]')];
	const show = (isShown: boolean) => offers.forEach((offer) => (offer.hidden = !isShown));
	addEventListener('beforeinstallprompt', (event) => {
		// Not the browser's own banner, at a moment of its own.
		event.preventDefault();
		show(true);
		for (const button of document.querySelectorAll('[data-install-button]'))
			button.addEventListener('click', () => void (event as InstallPrompt).prompt().finally(() => show(false)), {
				once: true,
			});
	});
	addEventListener('appinstalled', () => show(false));
	for (const guide of document.querySelectorAll<HTMLElement>('[data-install-iphone]'))
		guide.hidden = !needsHomeScreen();
}
