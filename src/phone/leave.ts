/** « Quitter vite »: the page that is left does not stay one « back » away. */
export function leaveFast(): void {
	for (const link of document.querySelectorAll<HTMLAnchorElement>('a[data-leave]'))
		link.addEventListener('click', (event) => {
			event.preventDefault();
			location.replace(link.href);
		});
}
