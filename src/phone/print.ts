/** « Imprimer »: hidden until there is a script to do it. */
export function offerPrint(): void {
	for (const place of document.querySelectorAll<HTMLElement>('[data-print]')) {
		place.hidden = false;
		place.addEventListener('click', () => print());
	}
}
