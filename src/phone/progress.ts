/** Something is seen at once after a tap: on one bar of signal the next page may take seconds. */
const GIVES_UP_MS = 20_000;

export function showProgress(): void {
	const { classList } = document.documentElement;
	const leave = () => {
		classList.add('leaving');
		setTimeout(() => classList.remove('leaving'), GIVES_UP_MS);
	};
	document.addEventListener('click', (event) => {
		const link = (event.target as Element).closest<HTMLAnchorElement>('a[href]');
		if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0)
			return;
		const isPage = link.origin === location.origin && !link.target && !link.hasAttribute('download');
		const isHere = link.pathname === location.pathname && link.search === location.search && link.hash !== '';
		if (isPage && !isHere) leave();
	});
	document.addEventListener('submit', leave);
	// Back to this page, which the browser had kept.
	addEventListener('pageshow', () => classList.remove('leaving'));
}
