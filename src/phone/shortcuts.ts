const OFF = 'shortcut-off';

/**
 * `/` goes to the search of a professional page (`data-search`). One key alone must be able to be turned off (RGAA 12.10):
 * `data-shortcut` is the button that does, kept on this browser.
 */
function focusSearchBySlash(): void {
	const search = document.querySelector<HTMLInputElement>('input[data-search]');
	if (!search) return;
	document.addEventListener('keydown', (event) => {
		if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || isOff()) return;
		const typing =
			event.target instanceof Element && event.target.closest('input, textarea, select, [contenteditable]');
		if (typing) return;
		event.preventDefault();
		search.focus();
		search.select();
	});
	const note = document.querySelector<HTMLElement>('[data-shortcut]');
	const button = note?.querySelector('button');
	if (!note || !button) return;
	const show = () => (button.textContent = (isOff() ? button.dataset.on : button.dataset.off) ?? '');
	button.addEventListener('click', () => {
		if (isOff()) localStorage.removeItem(OFF);
		else localStorage.setItem(OFF, '1');
		show();
	});
	show();
	note.hidden = false;
}

function isOff(): boolean {
	try {
		return localStorage.getItem(OFF) === '1';
	} catch {
		// Storage may be forbidden: the shortcut then stays on.
		return false;
	}
}

focusSearchBySlash();
