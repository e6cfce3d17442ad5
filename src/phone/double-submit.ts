/** A second tap on a sending form does nothing; the server refuses a replay as well. */
export function guardDoubleSubmit(): void {
	document.addEventListener('submit', (event) => {
		const form = event.target as HTMLFormElement;
		if (event.defaultPrevented) return;
		if (form.dataset.sending) {
			event.preventDefault();
			// Nothing leaves: nobody else may show that something does.
			event.stopImmediatePropagation();
		}
		form.dataset.sending = '1';
	});
	// Back from the next page: the form must work again.
	addEventListener('pageshow', () => {
		for (const form of document.querySelectorAll<HTMLFormElement>('form[data-sending]')) delete form.dataset.sending;
	});
}

/** Nothing left: the form can be used again, and nothing moves any more. */
export function freeForm(form: HTMLFormElement): void {
	document.documentElement.classList.remove('leaving');
	delete form.dataset.sending;
}
