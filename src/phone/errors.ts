/** After a refused form, the focus goes to the summary: a screen reader reads what to correct first. */
export function focusErrorSummary(): void {
	const summary = document.querySelector<HTMLElement>('[data-error-summary]');
	if (!summary) return;
	summary.focus();
	// A link to a field moves the focus into it, not only the page to it.
	summary.addEventListener('click', (event) => {
		const link = (event.target as Element).closest<HTMLAnchorElement>('a[href^="#"]');
		const field = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
		if (!field) return;
		event.preventDefault();
		field.focus();
		(field.closest('.field') ?? field).scrollIntoView({ block: 'start' });
	});
}
